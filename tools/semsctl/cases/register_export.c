/* semsctl risk export and framework export: the register and the framework as files of people. */
#include "base/count.h"
#include "base/file/plainfile.h"
#include "base/text.h"
#include "render/register/register.h"
#include "tools/semsctl/cases/register.h"
#include "tools/terminal/outfile.h"

#include <fcntl.h>
#include <stdio.h>

/* A document that was kept by --json, as it would be asked for; the caller's to json_decref(). */
static int
read_kept(const char *path, json_t **document)
{
	json_error_t why;
	struct buf b;
	struct err e;
	int status = EXIT_DONE;

	buf_init(&b, REGISTER_MAX);
	if (plainfile_read(AT_FDCWD, path, 0, &b, &e) != OK) {
		e.code = FATAL_CONFIG;
		status = command_fail(&e);
	} else {
		*document = json_loadb((const char *)b.p, b.n, JSON_REJECT_DUPLICATES, &why);
		if (!json_is_object(*document)) {
			err_set(&e, FATAL_CONFIG, path,
				"is not what `export --json` wrote: line %d: %s", why.line,
				why.text);
			status = command_fail(&e);
		}
	}
	buf_fini(&b);
	return status;
}

/* What the bow-tie is of; the other files are of all scenarios. */
struct exporting {
	const json_t *document;
	const char *number;
};

static enum code
make_xlsx(const struct exporting *x, struct buf *out, struct err *e)
{
	return register_xlsx(x->document, out, e);
}

static enum code
make_html(const struct exporting *x, struct buf *out, struct err *e)
{
	return register_html(x->document, out, e);
}

static enum code
make_bow_tie(const struct exporting *x, struct buf *out, struct err *e)
{
	return register_bow_tie(x->document, x->number, out, e);
}

static enum code
make_framework(const struct exporting *x, struct buf *out, struct err *e)
{
	return framework_html(x->document, out, e);
}

typedef enum code (*maker)(const struct exporting *x, struct buf *out, struct err *e);

/* path NULL: it was not asked for. */
static int
write_file(const struct case_wish *w, const struct exporting *x, const char *path, maker make)
{
	struct buf out;
	struct err e;
	int status = EXIT_DONE;

	if (path == NULL)
		return EXIT_DONE;
	buf_init(&out, REGISTER_MAX);
	if (make(x, &out, &e) != OK || outfile_write(path, out.p, out.n, true, &e) != OK)
		status = command_fail(&e);
	else if (!w->o->quiet)
		printf("%s\n", path);
	buf_fini(&out);
	return status;
}

static void
print_document(const json_t *document)
{
	json_dumpf(document, stdout, JSON_INDENT(2));
	putchar('\n');
}

static int
check_export(const struct case_wish *w, const char *number)
{
	if (w->xlsx == NULL && w->html == NULL && w->csv == NULL && w->bow_tie == NULL &&
	    !w->as_json)
		return command_usage(w->command, "export: say as what: --xlsx, --html, --csv, "
						 "--bow-tie FILE, or --json");
	if ((w->bow_tie == NULL) != (number == NULL))
		return command_usage(w->command,
				     "export: a bow-tie is of one scenario: say its number, such "
				     "as R-2026-007, and --bow-tie FILE");
	if (w->from != NULL && w->csv != NULL)
		return command_usage(w->command,
				     "export: CSV has what the register is told by, which is not "
				     "in a document that was kept; leave --from out");
	return EXIT_DONE;
}

int
risk_export(struct case_wish *w, const char *number)
{
	struct exporting x = {.number = number};
	json_t *document = NULL;
	int status = check_export(w, number);

	if (status == EXIT_DONE && w->csv != NULL)
		status = case_list(w, NULL);
	if (status != EXIT_DONE)
		return status;
	if (w->xlsx != NULL || w->html != NULL || w->bow_tie != NULL || w->as_json)
		status =
		    w->from != NULL ? read_kept(w->from, &document) : register_read(w, &document);
	x.document = document;
	if (status == EXIT_DONE && w->as_json)
		print_document(document);
	if (status == EXIT_DONE)
		status = write_file(w, &x, w->xlsx, make_xlsx);
	if (status == EXIT_DONE)
		status = write_file(w, &x, w->html, make_html);
	if (status == EXIT_DONE)
		status = write_file(w, &x, w->bow_tie, make_bow_tie);
	json_decref(document);
	return status;
}

int
framework_export(struct case_wish *w, const char *argument)
{
	struct exporting x = {0};
	json_t *document = NULL;
	int status;

	if (argument != NULL)
		return command_usage(w->command, "export takes no argument '%s'", argument);
	if (w->html == NULL && !w->as_json)
		return command_usage(w->command, "export: say --html FILE, or --json");
	status = w->from != NULL ? read_kept(w->from, &document) : framework_read(w, &document);
	x.document = document;
	if (status == EXIT_DONE && w->as_json)
		print_document(document);
	if (status == EXIT_DONE)
		status = write_file(w, &x, w->html, make_framework);
	json_decref(document);
	return status;
}
