/*
 * The keys against the database, before the loop runs. Both are restored from backups of their own,
 * and one of another day under the right name would give the same people other names, quietly.
 */
#include "base/log.h"
#include "store/keyring.h"
#include "store/session.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNBOOK "see deploy/runbooks/backup.md"

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
	return err_set(
	    e, FATAL_CONFIG, "quarantine.key",
	    "not the key that the quarantine was written with: put the right one back, " RUNBOOK);
}

/* An old year's key may have been destroyed on purpose: that completes an erasure. */
static enum code
check_person(struct keyring *keys, int year, int this_year,
	     const unsigned char expected[KEY_CHECK_SIZE], struct err *e)
{
	enum code code = keyring_expect(keys, year, expected, e);

	if (code != REJ_NOT_FOUND)
		return code;
	if (year >= this_year - 1)
		return err_set(e, FATAL_CONFIG, "keys",
			       "person-%04d.key is gone, and the database has pseudonyms of that "
			       "year: put it back from the backup of the keys, " RUNBOOK,
			       year);
	log_warn("key.gone", KVI("year", year),
		 KV("text", "records of that year that name people are answered RETRY"));
	return OK;
}

static enum code
check_row(struct keyring *keys, const PGresult *res, int row, struct err *e)
{
	const char *name = PQgetvalue(res, row, 0);
	int this_year = (int)strtol(PQgetvalue(res, row, 2), NULL, 10);
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
check_all(PGconn *pg, struct keyring *keys, struct err *e)
{
	PGresult *res = NULL;
	enum code code = session_query(pg,
				       "SELECT name, encode(key_check, 'hex'), "
				       "extract(year FROM now())::int FROM sems.key_check",
				       &res, e);

	for (int row = 0; code == OK && row < PQntuples(res); row++)
		code = check_row(keys, res, row, e);
	PQclear(res);
	return code;
}

static enum code
tell(PGconn *pg, const char *name, const unsigned char *key, struct err *e)
{
	unsigned char check[KEY_CHECK_SIZE];
	char hex[2 * KEY_CHECK_SIZE + 1];
	char sql[256];

	if (key == NULL || !keyring_check(key, check))
		return err_set(e, TRY_SYSTEM, "keys", "cannot make the check of %s", name);
	hex_encode(check, sizeof check, hex);
	snprintf(sql, sizeof sql,
		 "INSERT INTO sems.key_check (name, key_check) VALUES ('%s', '\\x%s') "
		 "ON CONFLICT DO NOTHING",
		 name, hex);
	return session_do(pg, sql, e);
}

static enum code
tell_all(PGconn *pg, struct keyring *keys, struct err *e)
{
	enum code code = tell(pg, "quarantine", keyring_quarantine(keys), e);
	char name[16];

	for (int year = keyring_untold(keys, 0); code == OK && year != 0;
	     year = keyring_untold(keys, year)) {
		snprintf(name, sizeof name, "person-%04d", year);
		code = tell(pg, name, keyring_person(keys, year), e);
	}
	return code;
}

enum code
store_check_keys(const char *conninfo, struct keyring *keys, struct err *e)
{
	PGconn *pg = NULL;
	enum code code = session_open(conninfo, "sems_admin", &pg, e);

	keyring_read_all(keys);
	if (code == OK)
		code = check_all(pg, keys, e);
	if (code == OK)
		code = tell_all(pg, keys, e);
	/* Another semsd with other keys may have been faster. */
	if (code == OK)
		code = check_all(pg, keys, e);
	PQfinish(pg);
	return code;
}
