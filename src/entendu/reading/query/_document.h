/* What a kernel asks of a document: its text, and the fields that some query uses. */
#ifndef ENTENDU_DOCUMENT_H
#define ENTENDU_DOCUMENT_H

static int64_t number_of(PyObject *value)
{
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    return overflow > 0 ? INT64_MAX : overflow < 0 ? INT64_MIN : number;
}

/* Does the count of followers satisfy {operator, low, high}? -1: an exception is set. */
static int followers_hold(Kernel *k, PyObject *document, const int32_t *data)
{
    if (!k->r.followers_known) {
        PyObject *value = PyObject_GetAttr(document, attributes[FOLLOWERS_FIELD]);
        if (!value)
            return -1;
        k->r.followers_known = value == Py_None ? -1 : 1;
        k->r.followers = value == Py_None ? 0 : number_of(value);
        Py_DECREF(value);
        if (PyErr_Occurred())
            return -1;
    }
    if (k->r.followers_known < 0)
        return 0;
    int64_t have = k->r.followers, want = (int64_t)(((uint64_t)(uint32_t)data[2] << 32) | (uint32_t)data[1]);
    switch (data[0]) {
    case 0: return have == want;
    case 1: return have < want;
    case 2: return have <= want;
    case 3: return have > want;
    default: return have >= want;
    }
}

/* The term of a value of a named field, met. */
static int meet_value(Kernel *k, int field, PyObject *value)
{
    PyObject *term = PyDict_GetItemWithError(k->values[field], value);
    if (!term)
        return PyErr_Occurred() ? -1 : 0;
    meet(&k->r, (uint32_t)PyLong_AsUnsignedLong(term), 1);
    return 0;
}

static int meet_sites(Kernel *k, PyObject *site)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(site);
    if (!length || meet_value(k, SITE, site) < 0)
        return length ? -1 : 0;
    for (Py_ssize_t at = 0; at < length; at++) {
        if (PyUnicode_READ_CHAR(site, at) != '.')
            continue;
        PyObject *parent = PyUnicode_Substring(site, at + 1, length);
        if (!parent || meet_value(k, SITE, parent) < 0) {
            Py_XDECREF(parent);
            return -1;
        }
        Py_DECREF(parent);
    }
    return 0;
}

/* Meets the terms of the fields that some query uses. */
static int meet_fields(Kernel *k, PyObject *document)
{
    for (int field = 0; field < FIELDS; field++) {
        if (field < NAMED_FIELDS ? !PyDict_GET_SIZE(k->values[field]) : k->flags[field] < 0)
            continue;
        PyObject *value = PyObject_GetAttr(document, attributes[field]);
        if (!value)
            return -1;
        int failed = 0;
        if (field >= NAMED_FIELDS) {
            int set = PyObject_IsTrue(value);
            failed = set < 0;
            if (set > 0)
                meet(&k->r, (uint32_t)k->flags[field], 1);
        } else if (!PyUnicode_Check(value)) {
            PyErr_Format(PyExc_TypeError, "the %s of a document must be a str", ATTRIBUTES[field]);
            failed = 1;
        } else {
            failed = (field == SITE ? meet_sites(k, value) : meet_value(k, field, value)) < 0;
        }
        Py_DECREF(value);
        if (failed)
            return -1;
    }
    return 0;
}

static int read_document(Kernel *k, PyObject *document)
{
    if (k->r.epoch > UINT32_MAX - 4) { /* after four thousand million documents: forget the old numbers */
        memset(k->r.seen, 0, k->r.term_room * sizeof *k->r.seen);
        for (uint32_t i = 0; i < k->slot_count; i++)
            if (k->slots[i].program)
                k->slots[i].program->stamp = 0;
        k->r.epoch = 0;
    }
    PyObject *text = PyObject_GetAttr(document, attributes[TEXT]);
    if (!text)
        return -1;
    if (!PyUnicode_Check(text)) {
        Py_DECREF(text);
        PyErr_SetString(PyExc_TypeError, "the text of a document must be a str");
        return -1;
    }
    int state = read_text(&k->r, text, 0);
    if (state == 1) {
        PyObject *composed = PyObject_CallOneArg(compose, text);
        state = composed && PyUnicode_Check(composed) ? read_text(&k->r, composed, 1) : -1;
        Py_XDECREF(composed);
        if (state == -1 && !PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "compose must give a str");
    }
    Py_DECREF(text);
    return state < 0 ? -1 : meet_fields(k, document);
}

#endif
