/* Reading a text as analyser.py does (the same table, see folds.txt), and evaluating programs on what was read. */
#ifndef ENTENDU_READING_H
#define ENTENDU_READING_H

#include "_terms.h"

#define MAX_WORD 64
#define MAX_WORDS 16000

/* Of each code point: class in the high byte, below it what it becomes (or, for MANY, which row of `many`). */
enum { SEPARATES, WORD, SINGLE, DROPPED, SIGN, COMPOSED_DROPPED, COMPOSED_SINGLE, MANY };
typedef struct {
    uint32_t count, class, to[4];
} Many;
static uint32_t *folds; /* 0x110000 entries, shared by all matchers */
static Many *many;
static uint32_t many_count;

/* Instructions of a program: {argument * 4 + operation, next if true, next if false}; see program.py. */
enum { HAS_TERM, HAS_PHRASE, ARE_NEAR, FOLLOWERS };
enum { ACCEPT = -1, REJECT = -2 };

typedef struct {
    Term *terms;
    uint32_t term_count, term_room, free_term, live_terms;
    Table words, prefixes, suffixes;
    uint32_t *seen; /* by term: the number of the last document that has it */
    uint32_t epoch; /* the number of the document being read */
    uint32_t *met;  /* terms that this document has, each once */
    uint32_t met_count;
    uint32_t *folded; /* the folded words one after the other, each with room for its sign before it */
    size_t folded_room;
    uint32_t word_count;
    int32_t word_terms[MAX_WORDS];
    uint32_t word_starts[MAX_WORDS + 1];
    uint8_t word_lengths[MAX_WORDS];
    int64_t followers;
    int followers_known; /* 0 not asked yet, 1 known, -1 unknown */
} Reader;

static inline void meet(Reader *r, int32_t term)
{
    if (term >= 0 && r->seen[term] != r->epoch) {
        r->seen[term] = r->epoch;
        r->met[r->met_count++] = (uint32_t)term;
    }
}

static inline int32_t find(const Reader *r, const Table *table, uint64_t h, const uint32_t *text, uint32_t length)
{
    uint64_t hash = hash_end(h);
    return may_hold(table, hash) ? table_find(table, r->terms, hash, text, length) : -1;
}

static void meet_suffixes(Reader *r, const uint32_t *text, uint32_t length)
{
    uint64_t h = HASH_START;
    for (uint32_t size = 1; size <= length; size++) {
        HASH_STEP(h, text[length - size]);
        if (r->suffixes.lengths & length_bit(size))
            meet(r, find(r, &r->suffixes, h, text + length - size, size));
    }
}

/* The word text[0..length) is read, `h` its hash; text[-1] is where its sign, if any, goes. */
static inline void end_word(Reader *r, uint32_t *text, uint32_t length, uint64_t h, uint32_t sign)
{
    int32_t term = r->words.count ? find(r, &r->words, h, text, length) : -1;
    r->word_terms[r->word_count] = term;
    r->word_starts[r->word_count] = (uint32_t)(text - r->folded);
    r->word_lengths[r->word_count++] = (uint8_t)length;
    meet(r, term);
    if (r->suffixes.count)
        meet_suffixes(r, text, length);
    if (!sign)
        return;
    uint32_t *tag = text - 1;
    tag[0] = sign;
    h = HASH_START;
    for (uint32_t size = 1; size <= length + 1; size++) {
        HASH_STEP(h, tag[size - 1]);
        if (r->prefixes.lengths & length_bit(size))
            meet(r, find(r, &r->prefixes, h, tag, size));
    }
    if (r->words.count)
        meet(r, find(r, &r->words, h, tag, length + 1));
}

/* The state between two code points. */
typedef struct {
    uint32_t *text; /* of the word being read */
    uint32_t length;
    uint64_t hash;
    uint32_t sign;    /* of the word being read */
    uint32_t pending; /* a sign that the next word would carry */
    int after_word;   /* is the code point before a part of a word? */
} Cursor;

static inline void close_word(Reader *r, Cursor *c)
{
    if (!c->length)
        return;
    end_word(r, c->text, c->length, c->hash, c->sign);
    c->text += c->length + 1;
    c->length = 0;
}

static inline void add_letter(Reader *r, Cursor *c, uint32_t letter)
{
    if (!c->length) {
        c->hash = HASH_START;
        c->sign = c->pending;
        c->pending = 0;
    }
    c->after_word = 1;
    if (c->length == MAX_WORD)
        return;
    c->text[c->length++] = letter;
    HASH_STEP(c->hash, letter);
    if (r->prefixes.lengths & length_bit(c->length))
        meet(r, find(r, &r->prefixes, c->hash, c->text, c->length));
}

static inline void add_single(Reader *r, Cursor *c, uint32_t letter)
{
    close_word(r, c);
    if (r->word_count == MAX_WORDS)
        return;
    add_letter(r, c, letter);
    close_word(r, c);
    c->after_word = 0;
}

/* Anything but a plain letter or a separator; 1 when the text must be composed first. */
static int add_other(Reader *r, Cursor *c, uint32_t entry, int composed)
{
    uint32_t class = entry >> 24, letter = entry & 0x1FFFFF;
    if (class == COMPOSED_DROPPED || class == COMPOSED_SINGLE) {
        if (!composed)
            return 1;
        class = class == COMPOSED_SINGLE ? SINGLE : DROPPED;
    }
    if (class == SINGLE) {
        add_single(r, c, letter);
    } else if (class == SIGN) {
        close_word(r, c);
        c->pending = c->after_word ? 0 : letter;
        c->after_word = 0;
    } else if (class == MANY) {
        const Many *row = &many[letter];
        for (uint32_t i = 0; i < row->count && r->word_count < MAX_WORDS; i++) {
            if (row->class == SINGLE)
                add_single(r, c, row->to[i]);
            else
                add_letter(r, c, row->to[i]);
        }
    }
    return 0;
}

#define READ_LOOP(TYPE)                                                                    \
    for (const TYPE *at = data, *end = at + length; at < end; at++) {                      \
        uint32_t entry = folds[*at], class = entry >> 24;                                  \
        if (class == WORD) {                                                               \
            add_letter(r, &c, entry & 0x1FFFFF);                                           \
            continue;                                                                      \
        }                                                                                  \
        if (class == SEPARATES) {                                                          \
            close_word(r, &c);                                                             \
            c.pending = 0;                                                                 \
            c.after_word = 0;                                                              \
        } else if (add_other(r, &c, entry, composed)) {                                    \
            return 1;                                                                      \
        }                                                                                  \
        if (r->word_count == MAX_WORDS)                                                    \
            return 0;                                                                      \
    }

/* Reads a text: which terms it has, in `met`. 0 done, 1 compose it first, -1 no memory (an exception is set). */
static int read_text(Reader *r, PyObject *text, int composed)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    const void *data = PyUnicode_DATA(text);
    size_t room = (size_t)length < MAX_WORDS ? (size_t)length * 8 + 2 : MAX_WORDS * (size_t)(MAX_WORD + 1) + 2;
    size_t most = MAX_WORDS * (size_t)(MAX_WORD + 1) + MAX_WORD + 2;
    room = room + MAX_WORD > most ? most : room + MAX_WORD;
    if (room > r->folded_room) {
        uint32_t *grown = realloc(r->folded, room * sizeof *grown);
        if (!grown) {
            PyErr_NoMemory();
            return -1;
        }
        r->folded = grown;
        r->folded_room = room;
    }
    r->epoch++;
    r->met_count = r->word_count = 0;
    r->followers_known = 0;
    Cursor c = {r->folded + 1, 0, 0, 0, 0, 0};
    switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND:
        READ_LOOP(Py_UCS1)
        break;
    case PyUnicode_2BYTE_KIND:
        READ_LOOP(Py_UCS2)
        break;
    default:
        READ_LOOP(Py_UCS4)
    }
    close_word(r, &c);
    return 0;
}

/* A phrase in a program: {count, wild, terms...}. Does it stand at word `at`? */
static inline int stands_at(const Reader *r, const int32_t *phrase, uint32_t at)
{
    int32_t count = phrase[0], whole = count - phrase[1];
    const int32_t *terms = phrase + 2;
    if (at + (uint32_t)count > r->word_count)
        return 0;
    for (int32_t i = 0; i < whole; i++)
        if (r->word_terms[at + i] != terms[i])
            return 0;
    if (whole == count)
        return 1;
    const Term *prefix = &r->terms[terms[whole]];
    return r->word_lengths[at + whole] >= prefix->length &&
           !memcmp(r->folded + r->word_starts[at + whole], prefix->text, prefix->length * sizeof(uint32_t));
}

static inline int all_seen(const Reader *r, const int32_t *phrase)
{
    for (int32_t i = 0; i < phrase[0]; i++)
        if (r->seen[phrase[2 + i]] != r->epoch)
            return 0;
    return 1;
}

static int has_phrase(const Reader *r, const int32_t *phrase)
{
    if (!all_seen(r, phrase))
        return 0;
    for (uint32_t at = 0; at + (uint32_t)phrase[0] <= r->word_count; at++)
        if (stands_at(r, phrase, at))
            return 1;
    return 0;
}

/* {distance, left phrase..., right phrase...}: one walk, remembering where each side last began. */
static int are_near(const Reader *r, const int32_t *near)
{
    const int32_t *left = near + 1, *right = left + 2 + left[0];
    int64_t distance = near[0], last_left = -1, last_right = -1;
    if (!all_seen(r, left) || !all_seen(r, right))
        return 0;
    for (uint32_t at = 0; at < r->word_count; at++) {
        int begins_left = stands_at(r, left, at), begins_right = stands_at(r, right, at);
        if (begins_left)
            last_left = at;
        if (begins_right)
            last_right = at;
        if (begins_left && last_right >= 0 && at - (last_right + right[0] - 1) <= distance)
            return 1;
        if (begins_right && last_left >= 0 && at - (last_left + left[0] - 1) <= distance)
            return 1;
    }
    return 0;
}

#endif
