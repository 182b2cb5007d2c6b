/*
 * The keys against the database, before the loop runs. Both are restored from backups of their own,
 * and one of another day under the right name would give the same people other names, quietly. So
 * would another semsd's: of a year's keys the one whose check the database has first is
 * everybody's.
 */
#include "base/log.h"
#include "host/keyring.h"
#include "store/pg/blocking.h"
#include "store/schema/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
check_of_row(const PGresult *res, int row, unsigned char check[KEY_CHECK_SIZE])
{
	struct text hex = text_of(PQgetvalue(res, row, 1));

	return hex.n == (size_t)2 * KEY_CHECK_SIZE && hex_decode(hex, check, KEY_CHECK_SIZE);
}

static enum code
check_quarantine(const struct keyring *keys, const unsigned char expected[KEY_CHECK_SIZE],
		 struct err *e)
{
	unsigned char ours[KEY_CHECK_SIZE];

	if (keyring_check(keyring_quarantine(keys), ours) &&
	    memcmp(ours, expected, sizeof ours) == 0)
		return OK;
	return err_set(e, FATAL_CONFIG, "quarantine.key",
		       "not the key that the quarantine was written with: put the right one "
		       "back, " KEY_RUNBOOK);
}

/* An old year's key may have been destroyed on purpose: that completes an erasure. A coming year's
 * may be with another semsd; there is time until it is needed. */
static enum code
check_person(struct keyring *keys, int year, int this_year,
	     const unsigned char expected[KEY_CHECK_SIZE], struct err *e)
{
	enum code code = keyring_expect(keys, year, expected, e);

	if (code != REJ_NOT_FOUND)
		return code;
	if (year == this_year || year == this_year - 1)
		return err_set(e, FATAL_CONFIG, "keys",
			       "person-%04d.key is missing, and the database's pseudonyms of that "
			       "year are made with it: copy it from the other semsd's folder of "
			       "keys, or from the backup, " KEY_RUNBOOK,
			       year);
	log_warn("key.missing", KVI("year", year),
		 KV("text", "records of that year that name people are answered RETRY until its "
			    "file is in the folder of keys, " KEY_RUNBOOK));
	return OK;
}

static enum code
check_row(struct keyring *keys, const PGresult *res, int row, int this_year, struct err *e)
{
	const char *name = PQgetvalue(res, row, 0);
	unsigned char expected[KEY_CHECK_SIZE];
	static const char prefix[] = "person-";

	if (!check_of_row(res, row, expected))
		return err_set(e, FATAL_CONFIG, "keys", "the database's check of %s is no check",
			       name);
	if (strcmp(name, "quarantine") == 0)
		return check_quarantine(keys, expected, e);
	if (strncmp(name, prefix, sizeof prefix - 1) != 0)
		return OK;
	return check_person(keys, (int)strtol(name + sizeof prefix - 1, NULL, 10), this_year,
			    expected, e);
}

static enum code
check_all(PGconn *pg, struct keyring *keys, int this_year, struct err *e)
{
	PGresult *res = NULL;
	enum code code = blocking_query(
	    pg, "SELECT name, encode(key_check, 'hex') FROM sems.key_check", &res, e);

	for (int row = 0; code == OK && row < PQntuples(res); row++)
		code = check_row(keys, res, row, this_year, e);
	PQclear(res);
	return code;
}

static enum code
tell(PGconn *pg, const char *name, const unsigned char check[KEY_CHECK_SIZE], struct err *e)
{
	char hex[2 * KEY_CHECK_SIZE + 1];
	char sql[256];

	hex_encode(check, KEY_CHECK_SIZE, hex);
	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.key_check (name, key_check) VALUES ('%s', '\\x%s') "
		 "ON CONFLICT DO NOTHING",
		 name, hex);
	return blocking_do(pg, sql, e);
}

static enum code
read_year(PGconn *pg, int *year, struct err *e)
{
	PGresult *res = NULL;
	enum code code = blocking_query(pg, "SELECT extract(year FROM now())::int", &res, e);

	*year = code == OK ? (int)strtol(PQgetvalue(res, 0, 0), NULL, 10) : 0;
	PQclear(res);
	return code;
}

/* This year's key and the next one's are there before anybody needs them. */
static enum code
make_person(struct keyring *keys, int year, struct err *e)
{
	struct key_file f;

	if (keyring_is_expected(keys, year) || !keyring_plan_file(keys, year, &f))
		return OK;
	keyring_person(keys, year);
	keyring_load_file(&f);
	return keyring_take_file(keys, &f, e);
}

static enum code
tell_all(PGconn *pg, struct keyring *keys, struct err *e)
{
	unsigned char check[KEY_CHECK_SIZE];
	enum code code;
	char name[16];

	if (!keyring_check(keyring_quarantine(keys), check))
		return err_set(e, TRY_SYSTEM, "keys", "cannot make the check of a key");
	code = tell(pg, "quarantine", check, e);
	for (int year = keyring_wanted(keys, 0); code == OK && year != 0;
	     year = keyring_wanted(keys, year)) {
		snprintf(name, sizeof name, "person-%04d", year);
		if (keyring_person_check(keys, year, check))
			code = tell(pg, name, check, e);
	}
	return code;
}

/* --- those that sign -------------------------------------------------------------------------- */

/* The first key of all, by whoever comes first: afterwards it takes an administrator. */
static enum code
register_first(PGconn *pg, struct keyring *keys, struct err *e)
{
	const struct signer *list;
	size_t n = keyring_signers(keys, &list);
	char hex[2 * SIGN_PUBLIC_SIZE + 1];
	char sql[512];

	if (n == 0 && keyring_new_signer(keys, e) != OK)
		return e->code;
	n = keyring_signers(keys, &list);
	hex_encode(list[n - 1].public, SIGN_PUBLIC_SIZE, hex);
	snprintf(sql, sizeof sql,
		 "BEGIN; SELECT pg_advisory_xact_lock(hashtext('sems.signing_key')); "
		 "INSERT INTO sems.signing_key (key_id, public_key) SELECT '%s', '\\x%s' "
		 "WHERE NOT EXISTS (SELECT FROM sems.signing_key); COMMIT",
		 list[n - 1].id, hex);
	return blocking_do(pg, sql, e);
}

static enum code
read_register(PGconn *pg, struct keyring *keys, int *n, struct err *e)
{
	PGresult *res = NULL;
	enum code code = blocking_query(pg, "SELECT key_id FROM sems.signing_key", &res, e);

	*n = code == OK ? PQntuples(res) : 0;
	for (int row = 0; row < *n; row++)
		keyring_register(keys, PQgetvalue(res, row, 0));
	PQclear(res);
	return code;
}

static void
warn_signer(const struct keyring *keys)
{
	const struct signer *list;
	size_t n = keyring_signers(keys, &list);

	if (n == 0)
		log_warn("key.signing",
			 KV("text", "there is no signing key in the folder of keys, "
				    "and the database knows of one: nothing is "
				    "frozen or removed here until it is copied, " KEY_RUNBOOK));
	else if (!list[n - 1].is_registered)
		log_warn(
		    "key.signing", KV("key", list[n - 1].id),
		    KV("text",
		       "it is not registered in the database: nothing is frozen or removed here "
		       "until the right one is there or this one is registered, " KEY_RUNBOOK));
}

static enum code
check_signers(PGconn *pg, struct keyring *keys, struct err *e)
{
	int n = 0;
	enum code code = read_register(pg, keys, &n, e);

	if (code == OK && n == 0)
		code = register_first(pg, keys, e);
	if (code == OK && n == 0)
		code = read_register(pg, keys, &n, e);
	if (code == OK)
		warn_signer(keys);
	return code;
}

enum code
schema_check_keys(const char *conninfo, struct keyring *keys, struct err *e)
{
	PGconn *pg = NULL;
	int this_year = 0;
	enum code code = blocking_open(conninfo, "sems_admin", &pg, e);

	if (code == OK)
		code = read_year(pg, &this_year, e);
	if (code == OK)
		code = keyring_read_all(keys, e);
	if (code == OK)
		code = check_all(pg, keys, this_year, e);
	for (int year = this_year; code == OK && year <= this_year + 1; year++)
		code = make_person(keys, year, e);
	if (code == OK)
		code = tell_all(pg, keys, e);
	/* Another semsd with other keys may have been faster. */
	if (code == OK)
		code = check_all(pg, keys, this_year, e);
	if (code == OK)
		code = check_signers(pg, keys, e);
	PQfinish(pg);
	return code;
}
