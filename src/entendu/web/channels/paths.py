"""The addresses of the channels."""

from django.urls import path

from entendu.web.channels import pages, sources, verbs

PATHS = [
    path("channels/", pages.channels, name="channels"),
    path("channels/add/", pages.choose, name="channel_choose"),
    path("channels/add/<slug:kind>/", pages.add, name="channel_add"),
    path("channels/<int:channel>/", pages.change, name="channel_change"),
    path("channels/<int:channel>/switch/", verbs.switch, name="channel_switch"),
    path("channels/<int:channel>/look/", verbs.look_now, name="channel_look"),
    path("channels/<int:channel>/test/", verbs.test, name="channel_test"),
    path("channels/<int:channel>/unread/", verbs.unread, name="channel_unread"),
    path("channels/<int:channel>/again/", verbs.again, name="channel_again"),
    path("channels/<int:channel>/sources/", sources.sources, name="channel_sources"),
    path("channels/<int:channel>/follow/", sources.follow_more, name="channel_follow"),
    path("channels/<int:channel>/list/", sources.give_list, name="channel_list_out"),
    path("channels/<int:channel>/list/add/", sources.take_list, name="channel_list_in"),
    path("channels/<int:channel>/address/", verbs.address, name="channel_address"),
    path("sources/<int:source>/look/", sources.look, name="source_look"),
    path("sources/<int:source>/remove/", sources.remove, name="source_remove"),
    path("receipts/<int:receipt>/again/", verbs.try_one, name="receipt_again"),
    path("receipts/<int:receipt>/drop/", verbs.drop_one, name="receipt_drop"),
    path("receipts/<int:receipt>/raw/", verbs.raw, name="receipt_raw"),
]
