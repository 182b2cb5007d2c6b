#include "core/proof/proof.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define ENTRY_SIZE 256

void
proof_add_leaves(struct merkle *m, const unsigned char *p, size_t n)
{
	for (size_t at = 0; at + PROOF_LEAF_SIZE <= n; at += PROOF_LEAF_SIZE)
		merkle_add(m, p + at + PROOF_LEAF_HASH);
}

static bool
add_entry(struct merkle *m, const char *entry, int n)
{
	unsigned char leaf[SHA256_SIZE];

	if (n < 0 || n >= ENTRY_SIZE || !merkle_leaf(entry, (size_t)n, leaf))
		return false;
	merkle_add(m, leaf);
	return true;
}

enum code
proof_finish(struct proof *p, struct err *e)
{
	char entry[ENTRY_SIZE];
	char hex[PROOF_HEX_SIZE] = "-";
	struct merkle m;
	bool good;

	merkle_init(&m);
	if (p->previous_quarter != NULL)
		hex_encode(p->previous, SHA256_SIZE, hex);
	good = add_entry(&m, entry,
			 snprintf(entry, sizeof entry, "sems-proof/1 %" PRId64 " %s %" PRId64 " %s",
				  p->number, p->quarter, p->revision, hex));
	p->leaves = 0;
	for (size_t i = 0; good && i < p->n_days; i++) {
		const struct proof_day *d = &p->days[i];

		hex_encode(d->root, SHA256_SIZE, hex);
		good = add_entry(&m, entry,
				 snprintf(entry, sizeof entry, "%s %s %" PRId64 " %s", d->kind,
					  d->day, d->leaves, hex));
		p->leaves += d->leaves;
	}
	if (!good || !merkle_root(&m, p->root))
		return err_set(e, FATAL_BUG, "proof", "its root cannot be computed");
	return OK;
}

static json_t *
hex_json(const unsigned char root[SHA256_SIZE])
{
	char hex[PROOF_HEX_SIZE];

	hex_encode(root, SHA256_SIZE, hex);
	return json_string(hex);
}

static json_t *
in_flight_json(const struct proof *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_in_flight; i++)
		json_array_append_new(list, json_integer(p->in_flight[i]));
	return list;
}

json_t *
proof_json(const struct proof *p)
{
	json_t *days = json_array();
	json_t *previous = json_null();
	json_t *log = json_null();

	for (size_t i = 0; i < p->n_days; i++) {
		const struct proof_day *d = &p->days[i];

		if (json_array_append_new(days,
					  json_pack("{s:s, s:s, s:I, s:o}", "kind", d->kind, "day",
						    d->day, "leaves", (json_int_t)d->leaves, "root",
						    hex_json(d->root))) != 0) {
			json_decref(days);
			return NULL;
		}
	}
	if (p->previous_quarter != NULL)
		previous =
		    json_pack("{s:s, s:I, s:o}", "quarter", p->previous_quarter, "revision",
			      (json_int_t)p->previous_revision, "root", hex_json(p->previous));
	if (p->log_sha256 != NULL)
		log = json_pack("{s:I, s:s}", "number", (json_int_t)p->log_number, "sha256",
				p->log_sha256);
	return json_pack("{s:s, s:i, s:I, s:I, s:o, s:o, s:o, s:o, s:{s:I, s:o}}", "algorithm",
			 "RFC6962-SHA256", "encoding", PROOF_ENCODING, "number",
			 (json_int_t)p->number, "leaves", (json_int_t)p->leaves, "root",
			 hex_json(p->root), "previous", previous, "log", log, "days", days, "read",
			 "until", (json_int_t)p->read_until, "in_flight", in_flight_json(p));
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool
read_hex(const json_t *from, unsigned char out[SHA256_SIZE])
{
	const char *hex = member_maybe(from, "root");

	return hex != NULL && hex_decode(text_of(hex), out, SHA256_SIZE);
}

static bool
read_day(const json_t *from, struct proof_day *d)
{
	d->kind = member_maybe(from, "kind");
	d->day = member_maybe(from, "day");
	d->leaves = json_integer_value(json_object_get(from, "leaves"));
	return d->kind != NULL && d->day != NULL && d->leaves > 0 && read_hex(from, d->root);
}

static bool
read_previous(const json_t *from, struct proof *p)
{
	if (json_is_null(from))
		return true;
	p->previous_quarter = member_maybe(from, "quarter");
	p->previous_revision = json_integer_value(json_object_get(from, "revision"));
	return p->previous_quarter != NULL && read_hex(from, p->previous);
}

bool
proof_take_snapshot(const json_t *from, struct arena *a, struct proof *p)
{
	const json_t *until = json_object_get(from, "until");
	const json_t *list = json_object_get(from, "in_flight");
	bool good = json_is_integer(until) && json_is_array(list);

	p->read_until = json_integer_value(until);
	p->n_in_flight = json_array_size(list);
	p->in_flight = arena_zalloc(a, p->n_in_flight + 1, sizeof *p->in_flight);
	for (size_t i = 0; good && p->in_flight != NULL && i < p->n_in_flight; i++) {
		good = json_is_integer(json_array_get(list, i));
		p->in_flight[i] = json_integer_value(json_array_get(list, i));
	}
	return good && p->in_flight != NULL;
}

enum code
proof_read(const json_t *document, struct arena *a, struct proof *p, struct err *e)
{
	const json_t *proof = json_object_get(document, "proof");
	const json_t *days = json_object_get(proof, "days");
	const json_t *quarter = json_object_get(document, "quarter");
	bool good;

	*p = (struct proof){0};
	if (!json_is_object(proof))
		return err_set(e, REJ_NOT_FOUND, "proof", "the document has no proof");
	if (json_integer_value(json_object_get(proof, "encoding")) != PROOF_ENCODING)
		return err_set(e, REJ_STATE, "proof.encoding",
			       "made by a version of semsd that this one does not know");
	p->quarter = member_maybe(quarter, "label");
	p->revision = json_integer_value(json_object_get(document, "revision"));
	p->number = json_integer_value(json_object_get(proof, "number"));
	p->leaves = json_integer_value(json_object_get(proof, "leaves"));
	p->log_number =
	    json_integer_value(json_object_get(json_object_get(proof, "log"), "number"));
	p->log_sha256 = member_maybe(json_object_get(proof, "log"), "sha256");
	p->n_days = json_array_size(days);
	p->days = arena_zalloc(a, p->n_days + 1, sizeof *p->days);
	good = p->quarter != NULL && json_is_array(days) && p->days != NULL &&
	       read_hex(proof, p->root) && read_previous(json_object_get(proof, "previous"), p) &&
	       proof_take_snapshot(json_object_get(proof, "read"), a, p);
	for (size_t i = 0; good && i < p->n_days; i++)
		good = read_day(json_array_get(days, i), &p->days[i]);
	return good ? OK : err_set(e, REJ_MALFORMED, "proof", "it is no proof: see PROOF.md");
}

const char *
proof_sentence(const char *word, bool claims)
{
	static const struct {
		const char *word;
		const char *sentence;
		const char *claiming;
	} words[] = {
	    {"altered", "is not what it was when it was frozen", NULL},
	    {"missing", "was frozen and is not stored any more", NULL},
	    {"added", "says that it was stored before the freeze, which did not read it", NULL},
	    {"late", "was stored after what the freeze read",
	     "was stored after what the freeze read, though its time of receipt is earlier: it was "
	     "on its way, or a clock was wrong"},
	    {"purged", "was removed by retention", NULL},
	};

	for (size_t i = 0; i < COUNT(words); i++) {
		if (strcmp(words[i].word, word) == 0)
			return claims && words[i].claiming != NULL ? words[i].claiming
								   : words[i].sentence;
	}
	return NULL;
}
