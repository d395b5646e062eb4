/* The words that queries use: each has a number, found by hash in open-addressing tables that grow and shrink as
   queries come and go.

   A hash of 64 bits stands for a word; texts are not compared, that would cost as much as all the rest. Start and
   multiplier are drawn at random in each process, so that nobody can prepare two words that are taken for one
   another; by chance it happens to one pair of words in 2^63. */
#ifndef ENTENDU_TERMS_H
#define ENTENDU_TERMS_H

#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_KEY 65 /* a sign and 64 code points: analyser.MAX_WORD */

static uint64_t hash_start = 0x1234567ULL, hash_factor = 0x9E3779B97F4A7C15ULL;

#define HASH_STEP(h, c) (h = (h ^ (uint64_t)(c)) * factor, h ^= h >> 31)

static inline uint64_t hash_end(uint64_t h)
{
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93ULL;
    h ^= h >> 29;
    return h | 1; /* 0 marks a free entry */
}

struct Program;

enum { WORD_TERM, PREFIX_TERM, SUFFIX_TERM, FIELD_TERM, FREE_TERM };

#define ALSO 11
#define ANY_DOCUMENT 0xFFFF

/* A program filed under a term, and what else a document must have before the program is worth a look: one of these
   bits of the reader's filter, all set by terms that the program asks for (some twice, to fill the row). Most
   candidates end here, in the cache, without a look at their program. */
typedef struct {
    struct Program *program;
    uint16_t also[ALSO]; /* or ANY_DOCUMENT first: there is no such clause */
    uint16_t many;       /* of a term: `program` is a `Filings` */
} Filing;

typedef struct {
    uint32_t count, room;
    Filing rows[];
} Filings;

typedef struct {
    union {
        uint32_t *text;  /* code points */
        PyObject *value; /* of a field, a str; NULL for flags */
    } is;
    uint32_t refs; /* programs that use the term; free terms: the next free one */
    uint8_t length, kind, field;
} Term; /* what is filed under it stands apart, in `Reader.filed`: that alone is looked at while matching */

typedef struct {
    uint64_t hash; /* 0: free */
    uint32_t term;
    uint32_t filed; /* are programs filed under the term? Spares a look at it. */
} Entry;

typedef struct {
    Entry *entries;
    uint64_t *bits; /* a filter small enough for the cache, in front of the entries */
    uint64_t mask, bit_mask;
    uint32_t count;
    uint64_t lengths; /* bit i: some text has length i + 1 */
    uint32_t by_length[MAX_KEY + 1];
} Table;

static inline uint64_t length_bit(uint32_t length) { return 1ULL << (length > 64 ? 63 : length - 1); }

static inline const uint64_t *filter_word(const Table *table, uint64_t hash)
{
    return &table->bits[(hash >> 20 & table->bit_mask) >> 6];
}

static inline int may_hold(const Table *table, uint64_t hash) { return *filter_word(table, hash) >> (hash >> 20 & 63) & 1; }

/* Where the hash is, or the free entry where it would be. */
static inline Entry *entry_of(const Table *table, uint64_t hash)
{
    uint64_t at = hash & table->mask;
    while (table->entries[at].hash && table->entries[at].hash != hash)
        at = (at + 1) & table->mask;
    return &table->entries[at];
}

static void table_free(Table *table)
{
    free(table->entries);
    free(table->bits);
    memset(table, 0, sizeof *table);
}

static void table_put(Table *table, Entry entry)
{
    *entry_of(table, entry.hash) = entry;
    table->bits[(entry.hash >> 20 & table->bit_mask) >> 6] |= 1ULL << (entry.hash >> 20 & 63);
}

/* New arrays of `size` entries (a power of two) with what is there; -1 without memory, the table then unchanged. */
static int table_resize(Table *table, uint64_t size)
{
    Table grown = *table;
    uint64_t bits = size * 8 < 4096 ? 4096 : size * 8;
    grown.entries = calloc(size, sizeof *grown.entries);
    grown.bits = calloc(bits / 64, sizeof *grown.bits);
    if (!grown.entries || !grown.bits) {
        free(grown.entries);
        free(grown.bits);
        return -1;
    }
    grown.mask = size - 1;
    grown.bit_mask = bits - 1;
    for (uint64_t at = 0; table->entries && at <= table->mask; at++)
        if (table->entries[at].hash)
            table_put(&grown, table->entries[at]);
    free(table->entries);
    free(table->bits);
    *table = grown;
    return 0;
}

static int table_add(Table *table, uint64_t hash, uint32_t term, uint32_t length)
{
    uint64_t size = table->entries ? table->mask + 1 : 0;
    if (2ULL * (table->count + 1) > size && table_resize(table, size ? 2 * size : 64) < 0)
        return -1;
    table_put(table, (Entry){hash, term, 0});
    table->count++;
    table->by_length[length]++;
    table->lengths |= length_bit(length);
    return 0;
}

static void table_remove(Table *table, uint64_t hash, uint32_t length)
{
    uint64_t at = (uint64_t)(entry_of(table, hash) - table->entries);
    if (!table->entries[at].hash)
        return;
    /* Move back what was pushed past the hole, so that no search stops too early. */
    for (uint64_t next = (at + 1) & table->mask; table->entries[next].hash; next = (next + 1) & table->mask) {
        uint64_t home = table->entries[next].hash & table->mask;
        if (((next - home) & table->mask) >= ((next - at) & table->mask)) {
            table->entries[at] = table->entries[next];
            at = next;
        }
    }
    table->entries[at].hash = 0;
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
    const uint64_t factor = hash_factor;
    uint64_t h = hash_start;
    for (uint32_t i = 0; i < length; i++)
        HASH_STEP(h, text[backwards ? length - 1 - i : i]);
    return hash_end(h);
}

static size_t table_bytes(const Table *table)
{
    return table->entries ? (table->mask + 1) * sizeof(Entry) + (table->bit_mask + 1) / 8 : 0;
}

#endif
