/* A database with an entity, a store on it, and groups of records to write. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "host/keyring.h"
#include "ingest/group.h"
#include "store/store.h"
#include "tests/core/sample.h"
#include "tests/lib/cluster.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>

struct event_base;

struct fixture {
	const char *database;
	char conninfo[256];
	char keys_dir[TEMP_SIZE];
	PGconn *pg; /* the superuser's, for looking */
	struct keyring *keys;
	struct event_base *base;
	struct store *store;
	struct group *written; /* the last that came back */
	int n_written;
	bool ready;
	bool second;
	int late_ms;
	int waits_ms;
	bool is_replicated;
	int n_unready; /* how often the writer became unable */
};

/* A database with an entity in London and keys, no store yet. */
void fixture_database(struct fixture *f);
/* The same and a store that is ready. */
void fixture_open(struct fixture *f);
/* The same, and a group is late after so many milliseconds. */
void fixture_open_late(struct fixture *f, int late_ms);
/* The same, and who waited for a lock for so long says so. */
void fixture_open_waiting(struct fixture *f, int waits_ms);
/* The same on a database of another cluster, prepared and without an entity. */
void fixture_open_on(struct fixture *f, const struct cluster *c, const char *database);
/* The same, and an answer means that a standby has it, too; it need not be ready yet. */
void fixture_open_replicated(struct fixture *f, const struct cluster *c, const char *database);
/* Another daemon on the database of an open fixture, in the same loop; closed before it. */
void fixture_second(struct fixture *second, const struct fixture *first);
void fixture_close(struct fixture *f);

/* A suite whose tests each have a store, `f`; opened by a function that takes it. seconds:
 * what a test may take; 0: any time. */
#define STORE_SUITE(name, opened, seconds) \
	static struct fixture f;           \
	static void suite_begin(void)      \
	{                                  \
		opened(&f);                \
	}                                  \
	static void suite_end(void)        \
	{                                  \
		fixture_close(&f);         \
	}                                  \
	TestSuite(name, .init = suite_begin, .fini = suite_end, .timeout = (seconds))
/* Runs the loop until it is so; fails the test when it never is. */
void fixture_wait_ready(struct fixture *f);
void fixture_wait_written(struct fixture *f, int n);
/* Turns the loop a little. */
void fixture_turn(struct fixture *f);

struct group *fixture_group(void);
void fixture_free(struct group *g);
/* Adds a copy of the sample's record; its raw bytes are `raw`. */
struct item *fixture_add(struct group *g, const struct sample *s, const char *raw);
/* Adds the TIP event number n of a source; equal numbers make equal records. */
struct item *fixture_event(struct group *g, const char *source, unsigned n);
/* Adds an item that ingest refused. */
struct item *fixture_refused(struct group *g, const char *source, const char *raw);
/* Writes and waits. */
void fixture_write(struct fixture *f, struct group *g);

/* An added item's record and a value of it, to be changed before the group is written. */
struct record *fixture_record(struct item *it);
struct value *fixture_value(struct item *it, const char *name);
/* Makes the items' rows of their records, as ingest does; fixture_write() does it too. */
void fixture_seal(struct group *g);
/* "STORED DUPLICATE ...", with a run as "STORED*3". Valid until the next call. */
const char *fixture_verdicts(const struct group *g);

#endif
