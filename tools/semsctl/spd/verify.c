/*
 * semsctl verify: an exported bundle, with no daemon. semsctl spd verify: a frozen revision, by the
 * daemon. Both name what is not as it was.
 */
#include "base/count.h"
#include "base/digest.h"
#include "base/file/plainfile.h"
#include "base/json/jsonin.h"
#include "render/bundle.h"
#include "render/bundle_check.h"
#include "tools/semsctl/spd/spd.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/screen.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 16
#define PEM_MAX  1024u

static void
print_checks(const json_t *report)
{
	const json_t *checks = json_object_get(report, "checks");
	const json_t *one;
	size_t i;

	json_array_foreach(checks, i, one)
	{
		const char *text = member_maybe(one, "text");
		char check[LISTING_CELL];
		char why[LISTING_CELL];

		listing_cell(json_object_get(one, "check"), check);
		listing_cell(json_object_get(one, "text"), why);
		printf("%-12s %s%s\n", check,
		       text == NULL ? "good" : "BAD: ", text == NULL ? "" : why);
	}
}

static int
print_json(const json_t *report)
{
	json_dumpf(report, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
	putchar('\n');
	return json_is_true(json_object_get(report, "sound")) ? EXIT_DONE : EXIT_REJECTED;
}

/* --- a revision, by the daemon ---------------------------------------------------------------- */

static const struct listing_column finding_columns[] = {
    {"what", "What"},
    {"kind", "Kind"},
    {"source", "Source"},
    {"source_record_id", "Number"},
    {"record_id", "Record"},
    {"day", "Day"},
    {"received_at", "Received"},
    {"text", "Meaning"},
};

static void
print_report(const struct spd_wish *w, const json_t *report)
{
	const json_t *counts = json_object_get(report, "counts");
	json_int_t late = json_integer_value(json_object_get(counts, "late"));
	json_int_t purged = json_integer_value(json_object_get(counts, "purged"));
	char as_of[LISTING_CELL];

	listing_cell(json_object_get(report, "as_of"), as_of);
	printf("%s revision %" JSON_INTEGER_FORMAT ", frozen %s, %" JSON_INTEGER_FORMAT " leaves\n",
	       w->quarter, json_integer_value(json_object_get(report, "revision")), as_of,
	       json_integer_value(json_object_get(report, "leaves")));
	print_checks(report);
	if (late > 0)
		printf("%" JSON_INTEGER_FORMAT " record%s came after the freeze, in no figure of "
		       "it: semsctl spd diff %s\n",
		       late, text_s((uint64_t)late), w->quarter);
	if (purged > 0)
		printf("%" JSON_INTEGER_FORMAT " record%s removed by retention: the leaves still "
		       "give the root, the content cannot be shown\n",
		       purged, text_s((uint64_t)purged));
	listing_table(json_object_get(report, "findings"), finding_columns, COUNT(finding_columns),
		      w->o->color, stdout);
	puts(json_is_true(json_object_get(report, "sound"))
		 ? "Nothing was altered, nothing is missing, nothing was added."
		 : "NOT SOUND: see what is BAD above.");
}

int
spd_run_verify(struct spd_wish *w)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__VerifyRequest verify = SEMS__V1__VERIFY_REQUEST__INIT;
	char quarter[QUARTER_TEXT_SIZE];
	json_t *report = NULL;
	struct err e;
	int status;

	memcpy(quarter, w->quarter, sizeof quarter);
	verify.quarter = quarter;
	verify.has_revision = w->revision > 0;
	verify.revision = w->revision;
	request.body_case = SEMS__V1__REQUEST__BODY_VERIFY;
	request.verify = &verify;
	if (ask(w->o->address, &request, &report, &e) != OK)
		return command_fail(&e);
	screen_page();
	if (w->as_json) {
		status = print_json(report);
	} else {
		print_report(w, report);
		status = json_is_true(json_object_get(report, "sound")) ? EXIT_DONE : EXIT_REJECTED;
	}
	json_decref(report);
	return status;
}

/* --- a bundle, by itself ---------------------------------------------------------------------- */

struct wish {
	const char *path;
	struct bundle_key keys[KEYS_MAX];
	size_t n_keys;
	int skip_renderings;
	int as_json;
};

static enum code
read_key(const char *path, struct wish *w, struct err *e)
{
	struct buf pem;
	enum code code;

	buf_init(&pem, PEM_MAX);
	code = plainfile_read(AT_FDCWD, path, 0, &pem, e);
	if (code == OK && w->n_keys == KEYS_MAX)
		code = err_set(e, REJ_FIELD, "key", "at most %d keys", KEYS_MAX);
	else if (code == OK &&
		 !sign_read_pem((const char *)pem.p, pem.n, w->keys[w->n_keys++].public))
		code = err_set(e, REJ_FIELD, "key", "'%.160s' is no public key for Ed25519 in PEM",
			       path);
	buf_fini(&pem);
	return code;
}

/* The seal as semsd gave it when the bundle was made. */
static bool
make_seal(const struct bundle *b, struct buf *out)
{
	const json_t *m = b->manifest;
	const json_t *document = json_object_get(m, "document");
	json_t *sealed = json_pack(
	    "{s:O?, s:O?, s:O?, s:O?, s:O?, s:O?, s:O?}", "quarter", json_object_get(m, "quarter"),
	    "revision", json_object_get(m, "revision"), "sha256",
	    json_object_get(document, "sha256"), "signature",
	    json_object_get(document, "signature"), "key_id", json_object_get(document, "key_id"),
	    "keys", json_object_get(m, "keys"), "signs", json_object_get(m, "signed_by"));
	char *text = sealed == NULL ? NULL : json_dumps(sealed, JSON_COMPACT | JSON_SORT_KEYS);
	bool good = text != NULL && buf_add(out, text, strlen(text));

	free(text);
	json_decref(sealed);
	return good;
}

/* The first file that is not what this program renders; NULL: all are. */
static const char *
first_other(const struct bundle *b, const struct renderings *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct bundle_file *f = bundle_find(b, r->file[i].name);

		unsigned char sum[SHA256_SIZE];

		if (f == NULL || f->n != r->file[i].bytes.n ||
		    !sha256(r->file[i].bytes.p, r->file[i].bytes.n, sum) ||
		    memcmp(f->sha256, sum, sizeof sum) != 0)
			return r->file[i].name;
	}
	return NULL;
}

/* What people read says what the document says: it is rendered once more. */
static void
check_renderings(const struct bundle *b, json_t *report)
{
	const struct bundle_file *document = bundle_find(b, "spd.json");
	const struct bundle_file *declaration = bundle_find(b, "declaration.json");
	struct renderings files = {0};
	struct edition edition = {0};
	struct buf sealed;
	struct err e = {0};
	const char *other;

	buf_init(&sealed, 1 << 20);
	if (document == NULL || declaration == NULL || !make_seal(b, &sealed) ||
	    edition_read(&edition, &document->bytes, &declaration->bytes, &sealed, &e) != OK ||
	    render(&edition, "bundle", &files, &e) != OK ||
	    bundle_members(&edition, &files, &e) != OK) {
		bundle_note(report, "RENDERINGS", "cannot be made of its document: %s", e.text);
	} else {
		other = first_other(b, &files);
		if (other == NULL)
			bundle_note(report, "RENDERINGS", NULL);
		else
			bundle_note(report, "RENDERINGS",
				    "%.120s is not what semsctl " SEMS_VERSION
				    " makes of spd.json: ask "
				    "the version that exported it, or somebody changed it",
				    other);
	}
	renderings_fini(&files);
	edition_fini(&edition);
	buf_fini(&sealed);
}

static void
print_bundle(const struct wish *w, const json_t *report)
{
	const json_t *keys = json_object_get(report, "keys");

	print_checks(report);
	for (size_t i = 0; i < json_array_size(keys) && w->n_keys == 0; i++)
		if (i == 0 || !json_equal(json_array_get(keys, i), json_array_get(keys, i - 1)))
			printf("Signed with the key %s, taken from the bundle: compare it with "
			       "what the "
			       "sender published, or give --key.\n",
			       json_words(json_array_get(keys, i)));
	if (json_is_true(json_object_get(report, "sound")))
		printf("Sound: %s revision %" JSON_INTEGER_FORMAT ", %s, root %s\n",
		       member_text(report, "quarter"),
		       json_integer_value(json_object_get(report, "revision")),
		       member_text(report, "state"), member_text(report, "root"));
	else
		puts("NOT SOUND: see what is BAD above.");
}

static int
check_bundle(struct wish *w)
{
	struct bundle b;
	struct err e = {0};
	json_t *report = NULL;
	int status = EXIT_USAGE;

	if (bundle_open(w->path, &b, &e) != OK) {
		fprintf(stderr, "semsctl: %s\n", e.text);
	} else if ((report = bundle_check(&b, w->keys, w->n_keys)) == NULL) {
		fprintf(stderr, "semsctl: out of memory\n");
		status = EXIT_FAULT;
	} else {
		/* Whoever is not who they say they are has nothing rendered. */
		if (!w->skip_renderings && json_is_true(json_object_get(report, "sound")))
			check_renderings(&b, report);
		if (w->as_json)
			print_json(report);
		else
			print_bundle(w, report);
		status = json_is_true(json_object_get(report, "sound")) ? EXIT_DONE : EXIT_REJECTED;
	}
	json_decref(report);
	bundle_fini(&b);
	return status;
}

static const struct option longs[] = {
    {"key", required_argument, NULL, 'k'},
    {"skip-renderings", no_argument, NULL, 'R'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static int
run(const struct options *o, int argc, char **argv)
{
	struct wish w = {0};
	struct err e;
	int opt;

	(void)o;
	while ((opt = command_option(&command_verify, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		if (opt == 'k' && read_key(optarg, &w, &e) != OK)
			return command_usage(&command_verify, "%s", e.text);
		w.skip_renderings = w.skip_renderings || opt == 'R';
		w.as_json = w.as_json || opt == 'j';
	}
	if (optind + 1 != argc)
		return command_usage(&command_verify, "say which bundle");
	w.path = argv[optind];
	return check_bundle(&w);
}

const struct command command_verify = {
    .options = longs,
    .letters = "k:",
    .name = "verify",
    .summary = "check an exported bundle, without a daemon",
    .help =
	"Usage: semsctl verify BUNDLE [--key FILE]... [--skip-renderings] [--json]\n"
	"Checks a bundle (`semsctl spd export --format bundle`), a ZIP file or the folder it was\n"
	"unpacked into, with nothing but the bundle: every file against the manifest, the two\n"
	"signatures, the root against the day roots that the document prints, the declaration\n"
	"against the document; and renders what people read once more to compare. Whether the\n"
	"records themselves are as they were, the daemon says: semsctl spd verify QUARTER.\n"
	"\n"
	"  -k, --key FILE        a public key (PEM) that may have signed, from elsewhere than the\n"
	"                        bundle; may be repeated. Without one the keys in the bundle are\n"
	"                        used, which proves that it is whole, not whose it is\n"
	"      --skip-renderings leaves out rendering: for a bundle of another version\n"
	"      --json            the report as JSON\n"
	"\n"
	"Exit status: 0 sound; 1 not; 2 it cannot be read.\n"
	"\n"
	"Examples:\n"
	"  semsctl verify 2026-Q2_r1_OFFICIAL-SENSITIVE_bundle.zip\n"
	"  semsctl verify --key published.pem 2026-Q2_r1_OFFICIAL-SENSITIVE_bundle.zip\n",
    .run = run,
};
