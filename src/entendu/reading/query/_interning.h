/* The terms of queries coming and going: each key has one, for as long as some program uses it. */
#ifndef ENTENDU_INTERNING_H
#define ENTENDU_INTERNING_H

/* Room for one more in an array that grows by half; the old array stays when there is no memory. */
static int grow(void *array, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return 0;
    if (*room > 0x20000000u) {
        PyErr_NoMemory();
        return -1;
    }
    uint32_t wanted = *room < 4 ? 4 : *room + *room / 2;
    void *grown = realloc(*(void **)array, wanted * size);
    if (!grown) {
        PyErr_NoMemory();
        return -1;
    }
    memset((char *)grown + *room * size, 0, (wanted - *room) * size);
    *(void **)array = grown;
    *room = wanted;
    return 0;
}

/* Room in `filed` for one more term: an array whose rows do not straddle lines of the cache. */
static int grow_filed(Reader *r)
{
    if (r->term_count < r->filed_room)
        return 0;
    size_t wanted = r->filed_room < 4 ? 4 : (size_t)r->filed_room + r->filed_room / 2;
    char *memory = calloc(wanted + 1, sizeof(Filing));
    if (!memory) {
        PyErr_NoMemory();
        return -1;
    }
    Filing *filed = (Filing *)(memory + sizeof(Filing) - (uintptr_t)memory % sizeof(Filing));
    if (r->filed)
        memcpy(filed, r->filed, r->filed_room * sizeof *filed);
    free(r->filed_memory);
    r->filed_memory = memory;
    r->filed = filed;
    r->filed_room = (uint32_t)wanted;
    return 0;
}

static int32_t new_term(Kernel *k)
{
    Reader *r = &k->r;
    if (r->free_term != NONE) {
        uint32_t term = r->free_term;
        r->free_term = r->terms[term].refs;
        memset(&r->terms[term], 0, sizeof(Term));
        return (int32_t)term;
    }
    uint32_t seen_room = r->term_room, met_room = r->term_room;
    if (grow_filed(r) < 0 || grow(&r->seen, r->term_count, &seen_room, sizeof *r->seen) < 0 ||
        grow(&r->met, r->term_count, &met_room, sizeof *r->met) < 0 ||
        grow(&r->terms, r->term_count, &r->term_room, sizeof *r->terms) < 0)
        return -1;
    return (int32_t)r->term_count++;
}

static void free_term(Kernel *k, uint32_t term)
{
    Term *t = &k->r.terms[term];
    if (t->kind == FIELD_TERM)
        Py_CLEAR(t->is.value);
    else
        free(t->is.text);
    if (k->r.filed[term].many)
        free(k->r.filed[term].program);
    k->r.filed[term] = (Filing){0};
    memset(t, 0, sizeof *t);
    t->kind = FREE_TERM;
    t->refs = k->r.free_term;
    k->r.free_term = term;
}

static Table *table_of(Reader *r, uint8_t kind)
{
    return kind == WORD_TERM ? &r->words : kind == PREFIX_TERM ? &r->prefixes : &r->suffixes;
}

static uint64_t hash_of(const Term *term) { return hash_text(term->is.text, term->length, term->kind == SUFFIX_TERM); }

static void release(Kernel *k, uint32_t term)
{
    Term *t = &k->r.terms[term];
    if (--t->refs)
        return;
    if (t->kind != FIELD_TERM)
        table_remove(table_of(&k->r, t->kind), hash_of(t), t->length);
    else if (t->is.value && PyDict_DelItem(k->values[t->field], t->is.value) < 0)
        PyErr_Clear();
    else if (!t->is.value)
        k->flags[t->field] = -1;
    free_term(k, term);
}

static int32_t intern_field(Kernel *k, PyObject *key)
{
    int field = 0;
    for (; field < FIELDS; field++) {
        PyObject *prefix = PyUnicode_FromString(FIELD_PREFIXES[field]);
        if (!prefix)
            return -1;
        Py_ssize_t fits = field < NAMED_FIELDS ? PyUnicode_Tailmatch(key, prefix, 0, PY_SSIZE_T_MAX, -1)
                                               : PyUnicode_Compare(key, prefix) == 0;
        Py_DECREF(prefix);
        if (fits)
            break;
    }
    if (field == FIELDS) {
        PyErr_Format(PyExc_ValueError, "no such field: %R", key);
        return -1;
    }
    if (field >= NAMED_FIELDS && k->flags[field] >= 0)
        return k->flags[field];
    PyObject *value = NULL;
    if (field < NAMED_FIELDS) {
        value = PyUnicode_Substring(key, (Py_ssize_t)strlen(FIELD_PREFIXES[field]), PY_SSIZE_T_MAX);
        PyObject *known = value ? PyDict_GetItemWithError(k->values[field], value) : NULL;
        if (known || !value || PyErr_Occurred()) {
            Py_XDECREF(value);
            return known ? (int32_t)PyLong_AsLong(known) : -1;
        }
    }
    int32_t term = new_term(k);
    PyObject *number = term >= 0 && value ? PyLong_FromLong(term) : NULL;
    if (term < 0 || (value && (!number || PyDict_SetItem(k->values[field], value, number) < 0))) {
        if (term >= 0)
            free_term(k, (uint32_t)term);
        Py_XDECREF(number);
        Py_XDECREF(value);
        return -1;
    }
    Py_XDECREF(number);
    k->r.terms[term].kind = FIELD_TERM;
    k->r.terms[term].field = (uint8_t)field;
    k->r.terms[term].is.value = value;
    if (!value)
        k->flags[field] = term;
    return term;
}

static int32_t intern_text(Kernel *k, PyObject *key)
{
    uint32_t buffer[MAX_KEY + 2], *text = buffer, length = (uint32_t)PyUnicode_GET_LENGTH(key);
    if (PyUnicode_GET_LENGTH(key) > MAX_KEY + 1 || !PyUnicode_AsUCS4(key, buffer, MAX_KEY + 2, 0)) {
        PyErr_Format(PyExc_ValueError, "not a key: %R", key);
        return -1;
    }
    uint8_t kind = WORD_TERM;
    if (length > 1 && text[0] == '*')
        kind = SUFFIX_TERM, text++, length--;
    else if (length > 1 && text[length - 1] == '*')
        kind = PREFIX_TERM, length--;
    if (!length || length > MAX_KEY) {
        PyErr_Format(PyExc_ValueError, "not a key: %R", key);
        return -1;
    }
    Table *table = table_of(&k->r, kind);
    uint64_t hash = hash_text(text, length, kind == SUFFIX_TERM);
    const Entry *known = table->count ? entry_of(table, hash) : NULL;
    if (known && known->hash)
        return (int32_t)known->term;
    int32_t term = new_term(k);
    if (term < 0)
        return -1;
    Term *t = &k->r.terms[term];
    t->kind = kind;
    t->length = (uint8_t)length;
    t->is.text = malloc(length * sizeof *text);
    if (!t->is.text || table_add(table, hash, (uint32_t)term, length) < 0) {
        free_term(k, (uint32_t)term);
        PyErr_NoMemory();
        return -1;
    }
    memcpy(t->is.text, text, length * sizeof *text);
    return term;
}

/* The term of a key ("word", "#tag", "begin*", "*end", "lang:fr"), used once more; -1: an exception is set. */
static int32_t intern(Kernel *k, PyObject *key)
{
    if (!PyUnicode_Check(key)) {
        PyErr_SetString(PyExc_TypeError, "keys must be str");
        return -1;
    }
    Py_ssize_t colon = PyUnicode_FindChar(key, ':', 0, PyUnicode_GET_LENGTH(key), 1);
    int32_t term = colon == -2 ? -1 : colon >= 0 ? intern_field(k, key) : intern_text(k, key);
    if (term >= 0)
        k->r.terms[term].refs++;
    return term;
}

#endif
