/* The Python module: set_folds(classes, targets, compose, start, factor), Kernel. */
#ifndef ENTENDU_MODULE_H
#define ENTENDU_MODULE_H

static int set_classes(uint32_t *table, PyObject *classes)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(classes); i++) {
        unsigned int first, last, class;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(classes, i), "III", &first, &last, &class))
            return -1;
        if (first > last || last >= 0x110000 || class < WORD || class > COMPOSED_SINGLE) {
            PyErr_SetString(PyExc_ValueError, "not a class");
            return -1;
        }
        for (uint32_t code = first; code <= last; code++)
            table[code] = class << 24 | code;
    }
    return 0;
}

/* What one code point becomes: the entry of the single code point, or a new row of `rows`. */
static int set_target(uint32_t *table, Many *rows, uint32_t *count, unsigned long code, PyObject *target)
{
    Py_ssize_t length = PyUnicode_Check(target) ? PyUnicode_GET_LENGTH(target) : 0;
    if (code >= 0x110000 || length < 1 || length > 4) {
        PyErr_SetString(PyExc_ValueError, "not a target");
        return -1;
    }
    uint32_t entry = table[PyUnicode_READ_CHAR(target, 0)];
    if (length > 1) {
        Many *row = &rows[*count];
        row->count = (uint32_t)length;
        row->class = entry >> 24;
        for (Py_ssize_t i = 0; i < length; i++)
            row->to[i] = PyUnicode_READ_CHAR(target, i);
        entry = (uint32_t)MANY << 24 | (*count)++;
    }
    table[code] = entry;
    return 0;
}

static PyObject *set_folds(PyObject *module, PyObject *args)
{
    PyObject *classes, *targets, *function, *code, *target;
    unsigned long long start, factor;
    if (!PyArg_ParseTuple(args, "O!O!OKK", &PyList_Type, &classes, &PyDict_Type, &targets, &function, &start, &factor))
        return NULL;
    if (folds) /* kernels that exist have hashed with the first key */
        Py_RETURN_NONE;
    uint32_t *table = calloc(0x110000, sizeof *table), count = 0;
    Many *rows = calloc((size_t)PyDict_GET_SIZE(targets) + 1, sizeof *rows);
    Py_ssize_t at = 0;
    int failed = !table || !rows;
    if (failed)
        PyErr_NoMemory();
    failed = failed || set_classes(table, classes) < 0;
    while (!failed && PyDict_Next(targets, &at, &code, &target)) {
        unsigned long number = PyLong_AsUnsignedLong(code);
        failed = PyErr_Occurred() || set_target(table, rows, &count, number, target) < 0;
    }
    if (failed) {
        free(table);
        free(rows);
        return NULL;
    }
    folds = table;
    many = rows;
    hash_start = start;
    hash_factor = factor | 1;
    Py_XSETREF(compose, Py_NewRef(function));
    (void)module;
    Py_RETURN_NONE;
}

static PyMethodDef kernel_methods[] = {
    {"add", kernel_add, METH_VARARGS, "add(id, keys, code, anchors) -> slot"},
    {"remove", kernel_remove, METH_O, "remove(slot)"},
    {"match", kernel_match, METH_O, "match(document) -> ids in the order in which they were added"},
    {"match_many", kernel_match_many, METH_O, "match_many(documents) -> a list of lists of ids"},
    {"bytes_used", kernel_bytes_used, METH_NOARGS, "bytes_used() -> memory held"},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot kernel_slots[] = {
    {Py_tp_new, kernel_new},
    {Py_tp_dealloc, kernel_dealloc},
    {Py_tp_methods, kernel_methods},
    {0, NULL},
};

static PyType_Spec kernel_spec = {"entendu.reading.query._kernel.Kernel", sizeof(Kernel), 0, Py_TPFLAGS_DEFAULT,
                                  kernel_slots};

static PyMethodDef module_methods[] = {
    {"set_folds", set_folds, METH_VARARGS, "set_folds(classes, targets, compose, start, factor): the table of analyser.py, once"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT, "_kernel", "The matcher in C; see native.py.", -1, module_methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernel(void)
{
    for (int i = 0; i < FIELDS + 2; i++)
        if (!attributes[i] && !(attributes[i] = PyUnicode_InternFromString(ATTRIBUTES[i])))
            return NULL;
    PyObject *module = PyModule_Create(&module_definition);
    PyObject *type = module ? PyType_FromSpec(&kernel_spec) : NULL;
    if (!type || PyModule_AddObjectRef(module, "Kernel", type) < 0)
        Py_CLEAR(module);
    Py_XDECREF(type);
    return module;
}

#endif
