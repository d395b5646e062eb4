"""The inbox: boxes, the list, the thread, and each verb behind its button."""
