/* The words that queries use: interned texts with a number each, found by hash in open-addressing tables that
   grow and shrink as queries come and go. Every hit is verified against the text, so no hash can lie. */
#ifndef ENTENDU_TERMS_H
#define ENTENDU_TERMS_H

#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_KEY 65 /* a sign and 64 code points: analyser.MAX_WORD */
#define HASH_START 0x1234567ULL
#define HASH_STEP(h, c) (h = (h ^ (uint64_t)(c)) * 0x9E3779B97F4A7C15ULL, h ^= h >> 31)

static inline uint64_t hash_end(uint64_t h)
{
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93ULL;
    h ^= h >> 29;
    return h | 1; /* 0 marks a free slot */
}

enum { WORD_TERM, PREFIX_TERM, SUFFIX_TERM, FIELD_TERM, FREE_TERM };

typedef struct {
    uint32_t *text;  /* code points; NULL for fields */
    PyObject *value; /* fields: the value, a str; NULL otherwise */
    uint32_t *anchored;
    uint32_t anchored_count, anchored_room;
    uint32_t refs; /* programs that use the term; free terms: the next free one */
    uint8_t length, kind, field;
} Term;

typedef struct {
    uint64_t *hashes; /* 0: free */
    uint32_t *terms;
    uint64_t *bits; /* a filter small enough for the cache, in front of the table */
    uint64_t mask, bit_mask;
    uint32_t count;
    uint64_t lengths; /* bit i: some text has length i + 1 */
    uint32_t by_length[MAX_KEY + 1];
} Table;

static inline uint64_t length_bit(uint32_t length) { return 1ULL << (length > 64 ? 63 : length - 1); }

static inline int may_hold(const Table *table, uint64_t hash)
{
    uint64_t bit = (hash >> 20) & table->bit_mask;
    return table->bits[bit >> 6] >> (bit & 63) & 1;
}

static inline int32_t table_find(const Table *table, const Term *terms, uint64_t hash, const uint32_t *text,
                                 uint32_t length)
{
    for (uint64_t at = hash & table->mask; table->hashes[at]; at = (at + 1) & table->mask) {
        if (table->hashes[at] != hash)
            continue;
        const Term *term = &terms[table->terms[at]];
        if (term->length == length && !memcmp(term->text, text, length * sizeof(uint32_t)))
            return (int32_t)table->terms[at];
    }
    return -1;
}

static void table_free(Table *table)
{
    free(table->hashes);
    free(table->terms);
    free(table->bits);
    memset(table, 0, sizeof *table);
}

static void table_put(Table *table, uint64_t hash, uint32_t term)
{
    uint64_t at = hash & table->mask, bit = (hash >> 20) & table->bit_mask;
    while (table->hashes[at])
        at = (at + 1) & table->mask;
    table->hashes[at] = hash;
    table->terms[at] = term;
    table->bits[bit >> 6] |= 1ULL << (bit & 63);
}

/* New arrays of `size` slots (a power of two) with what is there; -1 without memory, the table then unchanged. */
static int table_resize(Table *table, uint64_t size)
{
    Table grown = *table;
    uint64_t bits = size * 8 < 4096 ? 4096 : size * 8;
    grown.hashes = calloc(size, sizeof *grown.hashes);
    grown.terms = calloc(size, sizeof *grown.terms);
    grown.bits = calloc(bits / 64, sizeof *grown.bits);
    if (!grown.hashes || !grown.terms || !grown.bits) {
        free(grown.hashes);
        free(grown.terms);
        free(grown.bits);
        return -1;
    }
    grown.mask = size - 1;
    grown.bit_mask = bits - 1;
    for (uint64_t at = 0; table->hashes && at <= table->mask; at++)
        if (table->hashes[at])
            table_put(&grown, table->hashes[at], table->terms[at]);
    free(table->hashes);
    free(table->terms);
    free(table->bits);
    *table = grown;
    return 0;
}

static int table_add(Table *table, uint64_t hash, uint32_t term, uint32_t length)
{
    if (!table->hashes ? table_resize(table, 64) : 2ULL * (table->count + 1) > table->mask
                                                        ? table_resize(table, 2 * (table->mask + 1)) : 0)
        return -1;
    table_put(table, hash, term);
    table->count++;
    table->by_length[length]++;
    table->lengths |= length_bit(length);
    return 0;
}

static void table_remove(Table *table, uint64_t hash, uint32_t term, uint32_t length)
{
    uint64_t at = hash & table->mask;
    while (table->hashes[at] && table->terms[at] != term)
        at = (at + 1) & table->mask;
    if (!table->hashes[at])
        return;
    /* Move back what was pushed past the hole, so that no search stops too early. */
    for (uint64_t next = (at + 1) & table->mask; table->hashes[next]; next = (next + 1) & table->mask) {
        uint64_t home = table->hashes[next] & table->mask;
        if (((next - home) & table->mask) >= ((next - at) & table->mask)) {
            table->hashes[at] = table->hashes[next];
            table->terms[at] = table->terms[next];
            at = next;
        }
    }
    table->hashes[at] = 0;
    table->count--;
    if (!--table->by_length[length]) {
        table->lengths = 0;
        for (uint32_t one = 1; one <= MAX_KEY; one++)
            if (table->by_length[one])
                table->lengths |= length_bit(one);
    }
    /* Shrinking also clears the filter of words long gone; failing to is harmless. */
    if (table->mask >= 256 && 16ULL * table->count < table->mask)
        table_resize(table, (table->mask + 1) / 4);
}

static uint64_t hash_text(const uint32_t *text, uint32_t length, int backwards)
{
    uint64_t h = HASH_START;
    for (uint32_t i = 0; i < length; i++)
        HASH_STEP(h, text[backwards ? length - 1 - i : i]);
    return hash_end(h);
}

static size_t table_bytes(const Table *table)
{
    return table->hashes ? (table->mask + 1) * 12 + (table->bit_mask + 1) / 8 : 0;
}

#endif
