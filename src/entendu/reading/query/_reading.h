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

/* A query as it is run: see program.py. Steps whose outcome leads to ACCEPT or REJECT end the run. */
enum { HAS_TERM, HAS_PHRASE, ARE_NEAR, FOLLOWERS };
enum { ACCEPT = 0xFFFF, REJECT = 0xFFFE };
typedef struct {
    uint32_t code; /* argument * 4 + operation */
    uint16_t yes, no;
} Step;
typedef struct Program {
    uint32_t stamp; /* the number of the last document that it was run on */
    uint32_t slot, data_count;
    uint32_t step_count;
    Step steps[]; /* then the data, int32_t each */
} Program;

static inline int32_t *data_of(Program *program) { return (int32_t *)(program->steps + program->step_count); }

#define BLOCK 256   /* words whose terms are looked up together, so that the memory is asked for many at once */
#define PENDING 256 /* other hashes that wait with them */

typedef struct {
    const Table *table;
    uint64_t hash;
} Pending;

#define FILTER 4096 /* bits */

typedef struct {
    Term *terms;
    Filing *filed; /* by term: the program that a document with it may satisfy, none, or many */
    void *filed_memory; /* where `filed`, which begins at a multiple of its size, was allocated */
    uint32_t term_count, term_room, filed_room, free_term;
    Table words, prefixes, suffixes;
    uint32_t *seen; /* by term: the number of the last document that has it */
    uint32_t epoch; /* the number of the document being read */
    uint64_t filter[FILTER / 64]; /* bit (term % FILTER): the document may have the term; spares most looks at `seen` */
    uint32_t *met; /* terms that this document has and programs are filed under, each once */
    uint32_t met_count;
    uint32_t *folded; /* the folded words one after the other, each with room for its sign before it */
    size_t folded_room;
    uint32_t word_count, looked_up;
    int32_t word_terms[MAX_WORDS];
    uint32_t word_starts[MAX_WORDS];
    uint8_t word_lengths[MAX_WORDS];
    uint64_t hashes[BLOCK]; /* of the words from `looked_up` on */
    Pending pending[PENDING];
    uint32_t pending_count;
    int64_t followers;
    int followers_known; /* 0 not asked yet, 1 known, -1 unknown */
} Reader;

static inline uint64_t filter_bit(const Reader *r, uint32_t bit) { return r->filter[bit >> 6] >> (bit & 63) & 1; }

static inline int has_term(const Reader *r, uint32_t term)
{
    return filter_bit(r, term % FILTER) && r->seen[term] == r->epoch;
}

/* May the document satisfy the clause that stands beside a filed program? */
static inline int clause_may_hold(const Reader *r, const Filing *filing)
{
    if (filing->also[0] == ANY_DOCUMENT)
        return 1;
    uint64_t holds = 0;
    for (int i = 0; i < ALSO; i++)
        holds |= filter_bit(r, filing->also[i]);
    return (int)holds;
}

static inline void meet(Reader *r, uint32_t term, uint32_t filed)
{
    if (r->seen[term] == r->epoch)
        return;
    r->seen[term] = r->epoch;
    r->filter[term % FILTER >> 6] |= 1ULL << (term & 63);
    if (filed) {
        __builtin_prefetch(&r->filed[term]);
        r->met[r->met_count++] = term;
    }
}

/* Looks up the words read since the last time, and the hashes that wait. */
static void look_up(Reader *r)
{
    uint32_t hits[BLOCK], hit_count = 0, count = r->word_count - r->looked_up;
    const Table *words = &r->words;
    for (uint32_t i = 0; i < count; i++) {
        r->word_terms[r->looked_up + i] = -1;
        if (!words->count || !may_hold(words, r->hashes[i]))
            continue;
        __builtin_prefetch(&words->entries[r->hashes[i] & words->mask]);
        hits[hit_count++] = i;
    }
    for (uint32_t i = 0; i < hit_count; i++) {
        const Entry *entry = entry_of(words, r->hashes[hits[i]]);
        if (!entry->hash)
            continue;
        r->word_terms[r->looked_up + hits[i]] = (int32_t)entry->term;
        meet(r, entry->term, entry->filed);
    }
    for (uint32_t i = 0; i < r->pending_count; i++) {
        const Entry *entry = entry_of(r->pending[i].table, r->pending[i].hash);
        if (entry->hash)
            meet(r, entry->term, entry->filed);
    }
    r->looked_up = r->word_count;
    r->pending_count = 0;
}

static inline void wait_for(Reader *r, const Table *table, uint64_t h)
{
    uint64_t hash = hash_end(h);
    if (!may_hold(table, hash))
        return;
    if (r->pending_count == PENDING)
        look_up(r);
    __builtin_prefetch(&table->entries[hash & table->mask]);
    r->pending[r->pending_count++] = (Pending){table, hash};
}

static void meet_suffixes(Reader *r, const uint32_t *text, uint32_t length)
{
    const uint64_t factor = hash_factor;
    uint64_t h = hash_start;
    for (uint32_t size = 1; size <= length; size++) {
        HASH_STEP(h, text[length - size]);
        if (r->suffixes.lengths & length_bit(size))
            wait_for(r, &r->suffixes, h);
    }
}

static void meet_tag(Reader *r, const uint32_t *tag, uint32_t length)
{
    const uint64_t factor = hash_factor;
    uint64_t h = hash_start;
    for (uint32_t size = 1; size <= length; size++) {
        HASH_STEP(h, tag[size - 1]);
        if (r->prefixes.lengths & length_bit(size))
            wait_for(r, &r->prefixes, h);
    }
    if (r->words.count)
        wait_for(r, &r->words, h);
}

/* The word text[0..length) is read, `h` its hash; text[-1] is where its sign, if any, goes. */
static inline void end_word(Reader *r, uint32_t *text, uint32_t length, uint64_t h, uint32_t sign)
{
    if (r->word_count - r->looked_up == BLOCK)
        look_up(r);
    uint64_t hash = hash_end(h);
    if (r->words.count)
        __builtin_prefetch(filter_word(&r->words, hash));
    r->hashes[r->word_count - r->looked_up] = hash;
    r->word_starts[r->word_count] = (uint32_t)(text - r->folded);
    r->word_lengths[r->word_count++] = (uint8_t)length;
    if (r->suffixes.count)
        meet_suffixes(r, text, length);
    if (sign) {
        text[-1] = sign;
        meet_tag(r, text - 1, length + 1);
    }
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
    const uint64_t factor = hash_factor;
    if (!c->length) {
        c->hash = hash_start;
        c->sign = c->pending;
        c->pending = 0;
    }
    c->after_word = 1;
    if (c->length == MAX_WORD)
        return;
    c->text[c->length++] = letter;
    HASH_STEP(c->hash, letter);
    if (r->prefixes.lengths & length_bit(c->length))
        wait_for(r, &r->prefixes, c->hash);
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
            break;                                                                         \
    }

/* Reads a text: which terms it has, in `met`. 0 done, 1 compose it first, -1 no memory (an exception is set). */
static int read_text(Reader *r, PyObject *text, int composed)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    const void *data = PyUnicode_DATA(text);
    size_t room = (size_t)length < MAX_WORDS ? (size_t)length * 8 + 2 : MAX_WORDS * (size_t)(MAX_WORD + 1) + 2;
    size_t most = MAX_WORDS * (size_t)(MAX_WORD + 1) + MAX_WORD + 2;
    room = room + MAX_WORD > most ? most : room + MAX_WORD;
    if (room > r->folded_room) { /* 8: a code point becomes 4 words at most, each with its sign */
        uint32_t *grown = realloc(r->folded, room * sizeof *grown);
        if (!grown) {
            PyErr_NoMemory();
            return -1;
        }
        r->folded = grown;
        r->folded_room = room;
    }
    r->epoch++;
    r->met_count = r->word_count = r->looked_up = r->pending_count = 0;
    memset(r->filter, 0, sizeof r->filter);
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
    if (r->word_count < MAX_WORDS)
        close_word(r, &c);
    look_up(r);
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
           !memcmp(r->folded + r->word_starts[at + whole], prefix->is.text, prefix->length * sizeof(uint32_t));
}

static inline int all_seen(const Reader *r, const int32_t *phrase)
{
    for (int32_t i = 0; i < phrase[0]; i++)
        if (!has_term(r, (uint32_t)phrase[2 + i]))
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
