/*
 * Administration as a door meets it: the handlers, a store and a database of the test's own.
 * Records come in by sessions of ingest; what is asked comes by a port of the test's, without one.
 */
#ifndef TESTS_ADMIN_OFFICE_H
#define TESTS_ADMIN_OFFICE_H

#include "base/buf.h"
#include "host/keyring.h"
#include "office/admin.h"
#include "tests/lib/cluster.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>

#include <jansson.h>

struct event_base;

/* A response's code, and what an SPD is asked to do: CODE(OK), OP(FREEZE). */
#define CODE(name) ANSWER_##name
#define OP(name)   SPD_OP_##name

struct office {
	char conninfo[256];
	char keys_dir[TEMP_SIZE];
	PGconn *pg; /* the superuser's, for looking and preparing */
	struct keyring *keys;
	struct event_base *base;
	struct store *store;
	struct ingest *ingest;
	struct admin *admin;
	struct utc_ms now;
	char principal[64]; /* asks, as the owner or by the role that is registered */
	bool owner;
	int64_t run;             /* of imports, that was begun last */
	struct err reload_fault; /* what is wrong with what is in files */
	int reloads;             /* how often that was read again */
	/* The last answer; json is NULL when it failed. */
	int code;
	char text[512];
	char field[128];
	char next[ERR_NEXT_SIZE]; /* the actions that the text of a failure names */
	json_t *json;
};

/* While the client reads an answer: what a test does to jansson's memory is not meant for it. */
extern bool office_reads;

/* A database without an entity; the owner asks. now: 2026-05-15T10:00Z. */
void office_open(struct office *o);
/* The same with an entity in London, sites T1 and T2, source "lane" and its sender unix:anna. */
void office_open_set_up(struct office *o);
void office_close(struct office *o);

/* A suite whose tests each have an office, `o`; opened by a function that takes it. */
#define OFFICE_SUITE(name, opened)    \
	static struct office o;       \
	static void suite_begin(void) \
	{                             \
		opened(&o);           \
	}                             \
	static void suite_end(void)   \
	{                             \
		office_close(&o);     \
	}                             \
	TestSuite(name, .init = suite_begin, .fini = suite_end)

/* From now on a principal of this role asks (registered when it is not the owner). */
void office_be(struct office *o, const char *principal, const char *role);
/* Asks and waits; the response code. */
int office_ask(struct office *o, const struct request *r);
/* A request about the SPD of a quarter, to which more may be added, and the same asked. revision 0:
 * none is named. */
struct spd_request office_spd(enum spd_op operation, const char *quarter, unsigned revision);
int office_ask_spd(struct office *o, const struct spd_request *q);
/* Sends one record as unix:anna; its verdict. */
int office_send(struct office *o, const Sems__V1__Record *r);
/* The same as somebody else. */
int office_send_as(struct office *o, const char *principal, const Sems__V1__Record *r);
/* Sends n records of a site, T9, that is not registered; they are quarantined. */
void office_send_refused(struct office *o, unsigned n);
/* As unix:anna in two: others may be asked before its verdict is waited for. */
struct session_ref office_send_begin(struct office *o, const Sems__V1__Record *r);
int office_send_end(struct office *o, struct session_ref s);

/* An activity record that is right, of this instant; text and numbers are static. */
Sems__V1__Record *office_activity(struct utc_ms at, unsigned n);
struct utc_ms office_time(const char *rfc3339);

/* A number at a path of the answer, "added.sites" or "months.0.records"; -1: none. */
long long office_int(const struct office *o, const char *path);
/* Text at a path; "" none. */
const char *office_str(const struct office *o, const char *path);

#endif
