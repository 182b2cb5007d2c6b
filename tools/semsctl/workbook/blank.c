/* The workbook's sheets, by libxlsxwriter. */
#include "tools/semsctl/workbook/blank.h"

#include "base/arena.h"
#include "base/count.h"
#include "base/file/plainfile.h"
#include "render/file/archive.h"
#include "tools/semsctl/workbook/entity.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define ARENA_BYTES   (16u * 1024u * 1024u)
#define LISTS_SHEET   "Lists"
#define LISTS_MAX     100u
#define MESSAGE_BYTES 250 /* of the note at a cell; a spreadsheet takes 255 characters */
#define HELP_HEIGHT   92.0

/* The rows of a kind's sheet, from 0. */
enum { ROW_TITLE, ROW_NEED, ROW_HELP, ROW_EXAMPLE, ROW_HEADER, ROW_FIRST };

enum look {
	LOOK_TITLE,
	LOOK_NEED,
	LOOK_NOTE,
	LOOK_EXAMPLE,
	LOOK_EXAMPLE_TIME,
	LOOK_EXAMPLE_DAY,
	LOOK_HEADER,
	LOOK_WRAP,
	LOOK_TEXT,
	LOOK_NUMBER,
	LOOK_TIME,
	LOOK_DAY,
	N_LOOKS
};

struct making {
	const struct blank *blank;
	struct arena *arena;
	lxw_workbook *book;
	lxw_format *format[N_LOOKS];
	lxw_worksheet *lists;
	const struct enum_table *listed[LISTS_MAX]; /* a column of the sheet of lists each */
	size_t n_listed;
	char *sites; /* where the sheet Entity has them, as a formula */
	char *providers;
	struct blank_column column[BLANK_COLUMNS_MAX];
};

static const struct {
	const char *number; /* NULL: general */
	bool bold;
	bool italic;
	bool wrap;
	bool filled;
} looks[] = {
    [LOOK_TITLE] = {NULL, true, false, false, false},
    [LOOK_NEED] = {NULL, true, false, true, false},
    [LOOK_NOTE] = {NULL, false, false, true, false},
    [LOOK_EXAMPLE] = {NULL, false, true, false, false},
    [LOOK_EXAMPLE_TIME] = {"yyyy-mm-dd hh:mm", false, true, false, false},
    [LOOK_EXAMPLE_DAY] = {"yyyy-mm-dd", false, true, false, false},
    [LOOK_HEADER] = {NULL, true, false, false, true},
    [LOOK_WRAP] = {NULL, false, false, true, false},
    [LOOK_TEXT] = {"@", false, false, false, false},
    [LOOK_NUMBER] = {NULL, false, false, false, false},
    [LOOK_TIME] = {"yyyy-mm-dd hh:mm", false, false, false, false},
    [LOOK_DAY] = {"yyyy-mm-dd", false, false, false, false},
};
COVERS(looks, N_LOOKS);

static bool
make_formats(struct making *m)
{
	for (size_t i = 0; i < N_LOOKS; i++) {
		lxw_format *f = workbook_add_format(m->book);

		if (f == NULL)
			return false;
		if (looks[i].number != NULL)
			format_set_num_format(f, looks[i].number);
		if (looks[i].bold)
			format_set_bold(f);
		if (looks[i].italic)
			format_set_italic(f);
		if (looks[i].wrap)
			format_set_text_wrap(f);
		format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
		if (looks[i].filled) {
			format_set_bg_color(f, 0xDDE6F0);
			format_set_bottom(f, LXW_BORDER_THIN);
		}
		m->format[i] = f;
	}
	return true;
}

static void
put(struct making *m, lxw_worksheet *ws, lxw_row_t row, size_t col, const char *s, enum look look)
{
	worksheet_write_string(ws, row, (lxw_col_t)col, s, m->format[look]);
}

/* --- what to do ------------------------------------------------------------------------------- */

static const char *const said[] = {
    ("This workbook takes your security records of a quarter, and `semsctl spd make` makes its "
     "SeMS "
     "performance data of them."),
    "",
    ("1. Sheet Entity: your company's name, its time zone and its sites. Leave rows that you do "
     "not "
     "need as they are."),
    ("2. One sheet for each kind of record: a row for each record, below the row of column names. "
     "Leave that row and those above it as they are."),
    "3. Save the workbook as .xlsx, and run: semsctl spd make FILE.xlsx --quarter 2026-Q3",
    "",
    ("Above the column names stand what is required, what each column means, and an example. These "
     "rows begin with # and are never counted."),
    ("Columns marked 'required' must be filled in; of an item that you begin, fill in those marked "
     "'required of an item'; the others where you have something to say. Some are needed with "
     "certain choices: then the refusal says so."),
    ("source_record_id: give each row a number of its own. Without one, a row that you change "
     "later "
     "counts a second time."),
    ("Times are those of the clock on the wall in the zone of sheet Entity: 2026-07-06 09:30. A "
     "date "
     "alone is a whole day."),
    ("A covert test counts once column debriefed_at says when those tested were told: enter the "
     "test then."),
    "Cells with a list offer what can be chosen. Sites and providers come from sheet Entity.",
    ("Columns such as criteria.1.result and criteria.2.result are the first and the second item of "
     "a "
     "list; leave those you do not need empty."),
    "Persons are staff numbers or names; only a pseudonym of them is stored.",
    "",
    ("The same file may be read again after you added rows: what is stored already is recognised. "
     "A "
     "row that cannot be taken is told with its sheet, row and column; all others count."),
    "To change what was stored, use `semsctl correct`, which keeps who changed what and why.",
    "Rename no sheet: a sheet is found by its name.",
};

static bool
put_read_me(struct making *m)
{
	lxw_worksheet *ws = workbook_add_worksheet(m->book, "Read me");

	if (ws == NULL)
		return false;
	worksheet_set_column(ws, 0, 0, 110, m->format[LOOK_WRAP]);
	put(m, ws, 0, 0, "Security records of a quarter", LOOK_TITLE);
	for (size_t i = 0; i < COUNT(said); i++) {
		lxw_row_t row = (lxw_row_t)i + 2;

		put(m, ws, row, 0, said[i], LOOK_WRAP);
		/* Not every program makes room for what goes over two lines. */
		if (strlen(said[i]) > 105)
			worksheet_set_row(ws, row, 30, NULL);
	}
	return true;
}

/* --- the entity ------------------------------------------------------------------------------- */

/* "=Entity!$B$8:$B$27": the codes of these rows. */
static char *
codes_of(struct making *m, lxw_row_t first, unsigned n)
{
	return arena_printf(m->arena, "=" ENTITY_SHEET "!$B$%u:$B$%u", first + 1, first + n);
}

static lxw_row_t
put_entity_help(struct making *m, lxw_worksheet *ws)
{
	lxw_row_t row = 0;

	put(m, ws, row++, 0, "Whose records these are", LOOK_TITLE);
	for (size_t i = 0; i < N_ENTITY_WHATS; i++, row++) {
		put(m, ws, row, 0, entity_rows[i].what, LOOK_NOTE);
		worksheet_write_string(ws, row, 1, entity_rows[i].help, NULL);
	}
	return row + 1;
}

static bool
put_entity(struct making *m)
{
	static const double widths[] = {[ENTITY_WHAT] = 18,
					[ENTITY_CODE] = 20,
					[ENTITY_SAYS] = 44,
					[ENTITY_QUARTER] = 14,
					[ENTITY_BY] = 28};
	COVERS(widths, N_ENTITY_COLUMNS);

	lxw_worksheet *ws = workbook_add_worksheet(m->book, ENTITY_SHEET);
	lxw_row_t row;

	if (ws == NULL)
		return false;
	for (size_t i = 0; i < N_ENTITY_COLUMNS; i++)
		worksheet_set_column(ws, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
	row = put_entity_help(m, ws);
	for (size_t i = 0; i < N_ENTITY_COLUMNS; i++)
		put(m, ws, row, i, entity_headers[i], LOOK_HEADER);
	worksheet_freeze_panes(ws, ++row, 0);
	for (size_t what = 0; what < N_ENTITY_WHATS; what++) {
		if (what == ENTITY_SITE)
			m->sites = codes_of(m, row, entity_rows[what].blank);
		if (what == ENTITY_PROVIDER)
			m->providers = codes_of(m, row, entity_rows[what].blank);
		for (unsigned i = 0; i < entity_rows[what].blank; i++, row++) {
			put(m, ws, row, ENTITY_WHAT, entity_rows[what].what, LOOK_TEXT);
			worksheet_write_blank(ws, row, ENTITY_CODE, m->format[LOOK_TEXT]);
		}
	}
	return true;
}

/* --- what may be in a column ------------------------------------------------------------------ */

/* Where the sheet of lists has the names, as a formula; they are put there when first met. */
static char *
list_of(struct making *m, const struct enum_table *t)
{
	char column[LXW_MAX_COL_NAME_LENGTH];
	size_t at = 0;

	while (at < m->n_listed && m->listed[at] != t)
		at++;
	if (at == LISTS_MAX)
		return NULL;
	if (at == m->n_listed) {
		m->listed[m->n_listed++] = t;
		for (size_t i = 0; i < t->n; i++)
			put(m, m->lists, (lxw_row_t)i, at, t->names[i].name, LOOK_TEXT);
	}
	lxw_col_to_name(column, (lxw_col_t)at, 1);
	return arena_printf(m->arena, "=" LISTS_SHEET "!%s$1:%s$%zu", column, column, t->n);
}

static bool
is_envelope(const struct field *f, enum envelope which)
{
	return f == &envelope_fields[which];
}

/* False: anything may be in it. */
static bool
offer_list(struct making *m, const struct field *f, lxw_data_validation *v)
{
	static char yes[] = "true";
	static char no[] = "false";
	static char *yes_no[] = {yes, no, NULL};

	v->validate = LXW_VALIDATION_TYPE_INTEGER_FORMULA;
	v->criteria = LXW_VALIDATION_CRITERIA_EQUAL_TO;
	if (f->type == FIELD_ENUM) {
		v->value_formula = list_of(m, f->names);
		return v->value_formula != NULL;
	}
	if (f->type == FIELD_BOOL) {
		v->validate = LXW_VALIDATION_TYPE_LIST;
		v->value_list = yes_no;
		return true;
	}
	if (is_envelope(f, ENV_SITE_ID) || is_envelope(f, ENV_PROVIDER_ID)) {
		/* in-house is a provider that nobody registers. */
		if (is_envelope(f, ENV_PROVIDER_ID))
			v->error_type = LXW_VALIDATION_ERROR_TYPE_WARNING;
		v->value_formula = is_envelope(f, ENV_SITE_ID) ? m->sites : m->providers;
		return true;
	}
	return false;
}

static bool
bound(const struct field *f, lxw_data_validation *v)
{
	v->criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
	if (f->type == FIELD_INT || f->type == FIELD_REAL) {
		/* A spreadsheet's numbers have 15 digits. */
		v->validate = f->type == FIELD_INT ? LXW_VALIDATION_TYPE_INTEGER
						   : LXW_VALIDATION_TYPE_DECIMAL;
		v->minimum_number = (double)f->min;
		v->maximum_number = f->max > INT64_C(1000000000000) ? 1e12 : (double)f->max;
		return true;
	}
	if (f->type == FIELD_TIME) {
		/* A time may be told as a text with its offset, too. */
		v->validate = LXW_VALIDATION_TYPE_DATE;
		v->minimum_datetime = (lxw_datetime){.year = 1990, .month = 1, .day = 1};
		v->maximum_datetime = (lxw_datetime){.year = 2199, .month = 12, .day = 31};
		v->error_type = LXW_VALIDATION_ERROR_TYPE_WARNING;
		return true;
	}
	return false;
}

/* Makes the last validation the list that its formula names. Of one that is a list from the start
 * the library (1.1.5) copies the formula twice, and frees one copy. */
static void
make_list(lxw_worksheet *ws)
{
	lxw_data_val_obj *last = NULL;
	lxw_data_val_obj *each;

	STAILQ_FOREACH (each, ws->data_validations, list_pointers)
		last = each;
	if (last == NULL)
		return;
	last->validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
	last->criteria = LXW_VALIDATION_CRITERIA_NONE; /* a list has no operator */
}

/* The choice, or the range, and a note at each cell. */
static void
validate(struct making *m, lxw_worksheet *ws, size_t col, const struct blank_column *c,
	 const char *help)
{
	lxw_data_validation v = {.ignore_blank = LXW_VALIDATION_ON};

	if (!offer_list(m, c->field, &v) && !bound(c->field, &v))
		v.validate = LXW_VALIDATION_TYPE_ANY;
	v.input_message = arena_printf(m->arena, "%.*s", MESSAGE_BYTES, help);
	worksheet_data_validation_range(ws, ROW_FIRST, (lxw_col_t)col, ROW_FIRST + BLANK_ROWS - 1,
					(lxw_col_t)col, &v);
	if (v.validate == LXW_VALIDATION_TYPE_INTEGER_FORMULA)
		make_list(ws);
}

/* --- a kind's sheet --------------------------------------------------------------------------- */

static const char *
names_of(struct making *m, const struct enum_table *t)
{
	const char *all = "";

	for (size_t i = 0; all != NULL && i < t->n; i++)
		all = arena_printf(m->arena, "%s%s%s", all, i > 0 ? ", " : "", t->names[i].name);
	return all == NULL ? "" : all;
}

/* What the column means; to people who fill in a sheet some things are said otherwise. */
static const char *
meaning_of(const struct field *f)
{
	static const struct {
		const char *field;
		const char *means;
	} ours[] = {
	    {"source_record_id", "your own number of the row, each once on this sheet"},
	    {"site_id", "the site where it happened, by its code on sheet Entity"},
	    {"debriefed_at", "when those tested were told; before, a covert test counts nowhere"},
	};

	for (size_t i = 0; i < COUNT(ours); i++)
		if (strcmp(ours[i].field, f->name) == 0)
			return ours[i].means;
	return f->help;
}

/* That, and what is written into the column. */
static const char *
help_of(struct making *m, const struct field *f)
{
	const char *how = "";
	const char *what = meaning_of(f);
	const char *all;

	if (f->type == FIELD_ENUM || f->type == FIELD_BOOL)
		how = " (choose from the list)";
	else if (f->type == FIELD_INT && f->max <= 1000000000)
		how = arena_printf(m->arena, " (a whole number, %" PRId64 " to %" PRId64 ")",
				   f->min, f->max);
	else if (f->type == FIELD_TEXTS || f->type == FIELD_PERSONS)
		how = " (several are separated by ;)";
	else if (f->type == FIELD_ENUMS)
		how = arena_printf(m->arena, " (several are separated by ;, of: %s)",
				   names_of(m, f->names));
	all = arena_printf(m->arena, "%s%s", what, how != NULL ? how : "");
	return all == NULL ? "" : all;
}

/* What an example has in columns that are required; of others it has nothing, as not everything
 * goes with everything. */
static const char *
example_word(const struct field *f)
{
	static const struct {
		enum envelope field;
		const char *word;
	} of_envelope[] = {{ENV_SOURCE_RECORD_ID, "# example: 1"}, {ENV_SITE_ID, "MAIN"}};
	static const char *const of_type[] = {
	    [FIELD_TEXT] = "EXAMPLE",
	    [FIELD_ENUM] = NULL,
	    [FIELD_INT] = NULL,
	    [FIELD_REAL] = NULL,
	    [FIELD_BOOL] = "true",
	    [FIELD_TIME] = NULL,
	    [FIELD_UUID] = NULL,
	    [FIELD_PERSON] = "S-104",
	    [FIELD_TEXTS] = "R-1; R-2",
	    [FIELD_ENUMS] = NULL,
	    [FIELD_PERSONS] = "S-104; S-107",
	    [FIELD_LIST] = NULL,
	};
	COVERS(of_type, N_FIELD_TYPES);

	for (size_t i = 0; i < COUNT(of_envelope); i++)
		if (is_envelope(f, of_envelope[i].field))
			return of_envelope[i].word;
	if (f->type == FIELD_ENUM || f->type == FIELD_ENUMS)
		return f->names->names[0].name;
	return of_type[f->type];
}

static void
put_example(struct making *m, lxw_worksheet *ws, size_t col, const struct blank_column *c)
{
	const struct field *f = c->field;
	lxw_datetime when = {.year = 2026, .month = 7, .day = 6};
	enum look look = blank_is_day(f) ? LOOK_EXAMPLE_DAY : LOOK_EXAMPLE_TIME;

	if (!c->in_example && !is_envelope(f, ENV_SOURCE_RECORD_ID))
		return;
	if (look == LOOK_EXAMPLE_TIME)
		when.hour = blank_is_end(f) ? 17 : 9;
	if (f->type == FIELD_TIME)
		worksheet_write_datetime(ws, ROW_EXAMPLE, (lxw_col_t)col, &when, m->format[look]);
	else if (f->type == FIELD_INT || f->type == FIELD_REAL)
		worksheet_write_number(ws, ROW_EXAMPLE, (lxw_col_t)col,
				       f->min > 1 ? (double)f->min : 1, m->format[LOOK_EXAMPLE]);
	else if (example_word(f) != NULL)
		put(m, ws, ROW_EXAMPLE, col, example_word(f), LOOK_EXAMPLE);
}

static enum look
look_of(const struct field *f)
{
	if (f->type == FIELD_TIME)
		return blank_is_day(f) ? LOOK_DAY : LOOK_TIME;
	return f->type == FIELD_INT || f->type == FIELD_REAL ? LOOK_NUMBER : LOOK_TEXT;
}

static void
put_column(struct making *m, lxw_worksheet *ws, size_t col, const struct blank_column *c)
{
	bool is_number = is_envelope(c->field, ENV_SOURCE_RECORD_ID);
	const char *help = help_of(m, c->field);
	size_t width = strlen(c->name) + 2;

	worksheet_set_column(ws, (lxw_col_t)col, (lxw_col_t)col, width < 18 ? 18.0 : (double)width,
			     m->format[look_of(c->field)]);
	/* What is above the header is passed over by its first cell. */
	put(m, ws, ROW_NEED, col, is_number ? "# recommended" : c->need, LOOK_NEED);
	put(m, ws, ROW_HELP, col, is_number ? arena_printf(m->arena, "# %s", help) : help,
	    LOOK_NOTE);
	put_example(m, ws, col, c);
	put(m, ws, ROW_HEADER, col, c->name, LOOK_HEADER);
	validate(m, ws, col, c, help);
}

static bool
put_kind(struct making *m, const struct kind *k)
{
	lxw_worksheet *ws = workbook_add_worksheet(m->book, k->name);
	size_t n = blank_columns(k, m->blank->items, m->column);
	char *title =
	    arena_printf(m->arena, "# %c%s: %s. A row each, from row %d on.",
			 toupper((unsigned char)k->title[0]), k->title + 1, k->help, ROW_FIRST + 1);

	if (ws == NULL || title == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		put_column(m, ws, i, &m->column[i]);
	put(m, ws, ROW_TITLE, 0, title, LOOK_TITLE);
	worksheet_set_row(ws, ROW_HELP, HELP_HEIGHT, NULL);
	worksheet_freeze_panes(ws, ROW_FIRST, 1);
	return true;
}

/* --- the whole -------------------------------------------------------------------------------- */

static bool
put_sheets(struct making *m)
{
	if (!make_formats(m) || !put_read_me(m) || !put_entity(m))
		return false;
	/* The other sheets fill it. */
	m->lists = workbook_add_worksheet(m->book, LISTS_SHEET);
	if (m->lists == NULL)
		return false;
	for (size_t i = 0; i < m->blank->n; i++)
		if (!put_kind(m, m->blank->kinds[i]))
			return false;
	worksheet_hide(m->lists);
	return !arena_failed(m->arena);
}

static enum code
make_file(struct making *m, const char *path, struct err *e)
{
	lxw_error failed;
	bool is_put;

	m->book = workbook_new(path);
	if (m->book == NULL)
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	is_put = put_sheets(m);
	failed = workbook_close(m->book);
	if (!is_put)
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	return failed == LXW_NO_ERROR
		   ? OK
		   : err_set(e, TRY_SYSTEM, "xlsx", "cannot make the workbook: %s",
			     lxw_strerror(failed));
}

enum code
blank_make(const struct blank *b, struct buf *out, struct err *e)
{
	/* The library writes to a named file: this one is memory, and gone with its descriptor. */
	int fd = memfd_create("semsctl-blank", MFD_CLOEXEC);
	struct arena *a = arena_new(ARENA_BYTES);
	struct making *m = a != NULL ? arena_zalloc(a, 1, sizeof *m) : NULL;
	char *path = a != NULL ? arena_printf(a, "/proc/self/fd/%d", fd) : NULL;
	enum code rc;

	if (fd < 0) {
		rc = err_set(e, TRY_SYSTEM, "xlsx", "no file in memory: %s", strerror(errno));
	} else if (m == NULL || path == NULL) {
		rc = err_set(e, TRY_LIMIT, "memory", "out of memory");
	} else {
		*m = (struct making){.blank = b, .arena = a};
		rc = make_file(m, path, e);
		if (rc == OK)
			rc = plainfile_read(AT_FDCWD, path, 0, out, e);
		if (rc == OK && !archive_xml_is_whole(out))
			rc = err_set(e, TRY_SYSTEM, "xlsx",
				     "the workbook came out incomplete: is there room in %s?",
				     P_tmpdir);
	}
	if (fd >= 0)
		close(fd);
	arena_free(a);
	return rc;
}
