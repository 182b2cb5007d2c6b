#include "render/register/bow_tie.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "render/page/html.h"
#include "render/register/register.h"
#include "render/register/svg_text.h"

#include <math.h>
#include <string.h>

#define LETTER     12.0
#define LINE       15.0
#define PAD        8.0
#define GAP        12.0
#define TOP        44.0
#define SHAPE      18.0 /* that a state takes before its text */
#define SPARK      18.0 /* high */
#define LINES_MAX  24   /* of a box */
#define BOXES_MAX  12   /* of a column */
#define SPARKS_MAX 3    /* of a box: the metrics that are drawn */
#define POINTS_MAX 8    /* of a metric */

enum { CAUSES, PREVENTION, EVENT, RECOVERY, CONSEQUENCES, COLUMNS };

struct box {
	struct text line[LINES_MAX];
	const char *class[LINES_MAX];
	const json_t *spark[LINES_MAX]; /* drawn below the line */
	size_t n;
	size_t n_sparks;
	enum control_state state; /* CONTROL_STATES: it is no control */
	double x, y, w, h;
};

struct stack {
	struct box box[BOXES_MAX];
	size_t n;
	size_t left; /* boxes that had no room */
	double x, w;
	double h; /* of all boxes */
};

struct tie {
	struct book *b;
	struct buf *out;
	const struct reg *r;
	struct stack stack[COLUMNS];
	double height;
};

static const struct {
	const char *heading;
	const char *none; /* what stands there where there is nothing */
	const char *more; /* "and 3 more ..." */
	double x, w;
} plan[] = {
    [CAUSES] = {"What leads to it", "No cause is recorded.", "causes", 10, 196},
    [PREVENTION] = {"Prevention", "No control on this side.", "controls", 232, 226},
    [EVENT] = {"Scenario", "", "", 484, 196},
    [RECOVERY] = {"Recovery", "No control on this side.", "controls", 706, 226},
    [CONSEQUENCES] = {"What follows", "No consequence is recorded.", "consequences", 958, 196},
};
COVERS(plan, COLUMNS);

#define WIDTH 1164.0

/* --- what stands in the boxes ----------------------------------------------------------------- */

static struct box *
add_box(struct tie *t, size_t column)
{
	struct stack *c = &t->stack[column];
	struct box *box;

	if (c->n == BOXES_MAX) {
		c->left++;
		return NULL;
	}
	box = &c->box[c->n++];
	box->w = plan[column].w;
	box->x = plan[column].x;
	box->state = CONTROL_STATES;
	return box;
}

static void
put_line(struct box *box, struct text line, const char *class)
{
	if (box->n == LINES_MAX)
		return;
	box->line[box->n] = line;
	box->class[box->n++] = class;
}

/* The text in at most so many lines, the last of which counts the words that had no room. */
static void
add_text(struct tie *t, struct box *box, const char *s, const char *class, size_t max)
{
	struct text line[LINES_MAX];
	size_t left;
	size_t n;
	/* Bold letters are wider. */
	double size = strcmp(class, "t") == 0 ? LETTER : LETTER * 1.08;

	if (box == NULL)
		return;
	n = svg_wrap(s, box->w - 2 * PAD, size, line, max, &left);
	if (left > 0)
		n = svg_wrap(s, box->w - 2 * PAD, size, line, max - 1, &left);
	for (size_t i = 0; i < n; i++)
		put_line(box, line[i], class);
	if (left > 0)
		put_line(box, text_of(book_text(t->b, "and %zu more word%s", left, text_s(left))),
			 "s");
}

static void
add_spark(struct box *box, const json_t *metric)
{
	if (box->n == 0 || json_array_size(json_object_get(metric, "series")) == 0)
		return;
	box->spark[box->n - 1] = metric;
	box->n_sparks++;
}

static void
add_control(struct tie *t, size_t column, const json_t *control)
{
	const json_t *metrics = json_object_get(control, "metrics");
	struct box *box = add_box(t, column);
	size_t i;
	json_t *one;

	if (box == NULL)
		return;
	box->state = control_state(member_text(control, "state"));
	put_line(box,
		 text_of(book_text(t->b, "%s: %s", member_text(control, "number"),
				   control_looks[box->state].words)),
		 "h");
	add_text(t, box, member_text(control, "title"), "t", 5);
	if (member_text(control, "side")[0] == '\0')
		put_line(box, TEXT_LIT("(which side is not said)"), "s");
	json_array_foreach(metrics, i, one)
	{
		if (i == SPARKS_MAX)
			break;
		add_text(t, box, reg_figure(t->b, one), "t", 5);
		add_spark(box, one);
	}
	if (json_array_size(metrics) > SPARKS_MAX)
		put_line(box,
			 text_of(book_text(t->b, "and %zu more figures",
					   json_array_size(metrics) - SPARKS_MAX)),
			 "s");
}

/* Where no side is said, it is the one that it works on. */
static size_t
side_of(const json_t *control)
{
	const char *side = member_text(control, "side");

	if (strcmp(side, "RECOVERY") == 0)
		return RECOVERY;
	return side[0] == '\0' && strcmp(member_text(control, "effect"), "IMPACT") == 0
		   ? RECOVERY
		   : PREVENTION;
}

static void
add_controls(struct tie *t, const json_t *scenario)
{
	size_t i;
	json_t *number;

	json_array_foreach(json_object_get(scenario, "controls"), i, number)
	{
		const json_t *control = reg_control(t->r, json_words(number));

		if (control != NULL)
			add_control(t, side_of(control), control);
	}
}

static void
add_labelled(struct tie *t, size_t column, const char *label, const char *text)
{
	struct box *box = text[0] == '\0' ? NULL : add_box(t, column);

	add_text(t, box, label, "h", 3);
	add_text(t, box, text, "t", 8);
}

/* What stops it is the controls' to show. */
static void
add_causes(struct tie *t, const json_t *scenario)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(scenario, "causes"), i, one)
	{
		const char *question = member_text(one, "question");

		if (strcmp(question, "STOPS") != 0)
			add_labelled(t, CAUSES, register_word("question", question),
				     member_text(one, "text"));
	}
	if (t->stack[CAUSES].n > 0)
		return;
	add_labelled(t, CAUSES, "Perpetrators", member_text(scenario, "perpetrators"));
	add_labelled(t, CAUSES, "How they operate", member_text(scenario, "how"));
}

static void
add_consequences(struct tie *t, const json_t *assessment)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(assessment, "impacts"), i, one)
	{
		add_labelled(t, CONSEQUENCES, register_word("kind", member_text(one, "kind")),
			     member_text(one, "text"));
	}
}

static void
add_event(struct tie *t, const json_t *scenario)
{
	const json_t *a = json_object_get(scenario, "assessment");
	json_int_t residual = reg_score(a, "residual");
	struct box *box = add_box(t, EVENT);

	add_text(t, box, member_text(scenario, "number"), "h", 1);
	add_text(t, box, member_text(scenario, "title"), "h", 8);
	if (residual == 0) {
		add_text(t, box, "Not assessed", "t", 1);
		return;
	}
	add_text(t, box,
		 book_text(t->b,
			   "Residual risk %" JSON_INTEGER_FORMAT " %s: threat %s, impact %s, "
			   "vulnerability %s",
			   residual, member_text(a, "residual_band"),
			   reg_scored(t->b, &t->r->threat, reg_score(a, "threat")),
			   reg_scored(t->b, &t->r->impact, reg_score(a, "impact")),
			   reg_scored(t->b, &t->r->vulnerability, reg_score(a, "vulnerability"))),
		 "t", 8);
}

/* --- where they stand ------------------------------------------------------------------------- */

static void
place(struct tie *t)
{
	for (size_t k = 0; k < COLUMNS; k++) {
		struct stack *c = &t->stack[k];

		if (c->n == 0)
			add_text(t, add_box(t, k), plan[k].none, "s", 2);
		for (size_t i = 0; i < c->n; i++) {
			struct box *box = &c->box[i];

			box->h = 2 * PAD + LINE * (double)box->n + SPARK * (double)box->n_sparks;
			c->h += box->h + (i > 0 ? GAP : 0);
		}
		c->h += c->left > 0 ? LINE + GAP : 0;
		t->height = fmax(t->height, c->h);
	}
	for (size_t k = 0; k < COLUMNS; k++) {
		struct stack *c = &t->stack[k];
		double y = TOP + (t->height - c->h) / 2;

		for (size_t i = 0; i < c->n; i++) {
			c->box[i].y = y;
			y += c->box[i].h + GAP;
		}
	}
	t->height += TOP + GAP;
}

/* --- drawing ---------------------------------------------------------------------------------- */

static double
middle(const struct box *box)
{
	return box->y + box->h / 2;
}

/* From what leads to it to the scenario, and from there to what follows, behind the controls. */
static void
draw_ties(const struct tie *t)
{
	const struct box *event = &t->stack[EVENT].box[0];
	const struct stack *causes = &t->stack[CAUSES];
	const struct stack *after = &t->stack[CONSEQUENCES];

	buf_addf(t->out, "<path class=\"tie\" d=\"");
	for (size_t i = 0; i < causes->n; i++)
		buf_addf(t->out, "M%.1f %.1fL%.1f %.1f", causes->box[i].x + causes->box[i].w,
			 middle(&causes->box[i]), event->x, middle(event));
	for (size_t i = 0; i < after->n; i++)
		buf_addf(t->out, "M%.1f %.1fL%.1f %.1f", event->x + event->w, middle(event),
			 after->box[i].x, middle(&after->box[i]));
	buf_addf(t->out, "\"/>");
}

static void
put_chars(struct buf *out, struct text t)
{
	char one[5];
	uint32_t rune;
	size_t n;

	for (; t.n > 0 && (n = text_rune(t, &rune)) > 0; t.s += n, t.n -= n) {
		memcpy(one, t.s, n);
		one[n] = '\0';
		html_text(out, one);
	}
}

static double
value_at(const json_t *series, size_t i)
{
	const json_t *value = json_object_get(json_array_get(series, i), "value");

	return json_is_number(value) ? json_number_value(value) : NAN;
}

/* The last quarters as a line that breaks where there is no value. */
static void
draw_spark(const struct tie *t, const json_t *metric, double x, double y)
{
	const json_t *series = json_object_get(metric, "series");
	size_t all = json_array_size(series);
	size_t n = all;
	double low = NAN;
	double high = NAN;

	if (n > POINTS_MAX)
		n = POINTS_MAX;
	for (size_t i = 0; i < n; i++) {
		low = fmin(low, value_at(series, all - n + i)); /* of a number and NAN the number */
		high = fmax(high, value_at(series, all - n + i));
	}
	buf_addf(t->out, "<path class=\"sp\" d=\"");
	for (size_t i = 0; i < n; i++) {
		double v = value_at(series, all - n + i);
		bool joined = i > 0 && !isnan(value_at(series, all - n + i - 1));

		if (isnan(v))
			continue;
		/* A point that stands alone is a dot: a line of no length with round ends. */
		buf_addf(t->out, joined ? "L%.1f %.1f" : "M%.1f %.1fh0", x + 4 + 14 * (double)i,
			 y + 3 + (SPARK - 6) * (high > low ? (high - v) / (high - low) : 0.5));
	}
	buf_addf(t->out, "\"/><path class=\"ax\" d=\"M%.1f %.1fH%.1f\"/>", x, y + SPARK - 0.5,
		 x + 8 + 14 * (double)(n - 1));
}

static void
draw_box(const struct tie *t, const struct box *box, const char *class)
{
	bool control = box->state != CONTROL_STATES;
	double y = box->y + PAD;

	buf_addf(t->out,
		 "<rect class=\"bx %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
		 "rx=\"3\"/>",
		 control ? control_looks[box->state].class : class, box->x, box->y, box->w, box->h);
	if (control)
		control_shape(t->out, box->state, box->x + PAD, y);
	for (size_t i = 0; i < box->n; i++) {
		buf_addf(t->out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", box->class[i],
			 box -> x + PAD + (control && i == 0 ? SHAPE : 0), y + LETTER - 1);
		put_chars(t->out, box->line[i]);
		buf_addf(t->out, "</text>");
		y += LINE;
		if (box->spark[i] != NULL) {
			draw_spark(t, box->spark[i], box->x + PAD, y);
			y += SPARK;
		}
	}
}

static void
draw_column(const struct tie *t, size_t column)
{
	const struct stack *c = &t->stack[column];
	const struct box *last = &c->box[c->n - 1];

	buf_addf(t->out, "<text class=\"h c\" x=\"%.1f\" y=\"26\">%s</text>",
		 plan[column].x + plan[column].w / 2, plan[column].heading);
	for (size_t i = 0; i < c->n; i++)
		draw_box(t, &c->box[i], column == EVENT ? "ev" : "ou");
	if (c->left > 0)
		buf_addf(t->out, "<text class=\"s\" x=\"%.1f\" y=\"%.1f\">and %zu more %s</text>",
			 plan[column].x + PAD, last->y + last->h + GAP + LETTER, c->left,
			 plan[column].more);
}

/* Colours by variables that the page has, too; every state has its shape and its word. */
const char bow_tie_style[] =
    ".bow{font:12px \"Segoe UI\",\"Helvetica Neue\",Arial,\"Liberation Sans\",\"DejaVu "
    "Sans\",sans-serif}\n"
    ".bow text{fill:var(--ink)}.bow .h{font-weight:700}.bow .s{fill:var(--soft);"
    "font-style:italic}.bow .c{text-anchor:middle}\n"
    ".bow .bx{fill:var(--paper);stroke:var(--soft);stroke-width:1.2}.bow "
    ".ev{stroke:var(--bad);stroke-width:2.5}\n"
    ".bow .failing,.bow .none{stroke:var(--bad);stroke-width:2}.bow .proven{stroke:var(--good)}"
    ".bow .uncovered,.bow .silent{stroke:var(--unsure);stroke-dasharray:5 3}"
    ".bow .unproven{stroke:var(--unsure)}\n"
    ".st{stroke:none!important}.st.failing,.st.none{fill:var(--bad)}.st.proven{fill:var(--good)}"
    ".st.silent,.st.uncovered,.st.unproven{fill:var(--unsure)}.st.exempt{fill:var(--soft)}\n"
    ".bow .tie{fill:none;stroke:var(--line);stroke-width:2}.bow .sp{fill:none;stroke:var(--mark);"
    "stroke-width:2;stroke-linecap:round;stroke-linejoin:round}.bow .ax{stroke:var(--line)}\n";

static const char of_its_own[] =
    ":root{--ink:#1b2430;--soft:#55606e;--line:#c3cad3;--good:#1b5e20;--bad:#a31515;"
    "--unsure:#7a4a00;--paper:#fff;--mark:#1f4e79}\n"
    ".pg{fill:var(--paper)}\n"
    "@media screen and "
    "(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#a9b4c2;--line:#4a5563;"
    "--good:#7bd389;--bad:#ff9a94;--unsure:#f2c46d;--paper:#14191f;--mark:#8ab8e6}}\n";

static void
draw_start(const struct tie *t, const json_t *scenario, const char *id, bool alone)
{
	double height = t->height + (alone ? 40 : 0);

	buf_addf(t->out,
		 "<svg%s class=\"bow\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
		 "aria-labelledby=\"%s-t %s-d\"",
		 alone ? " xmlns=\"http://www.w3.org/2000/svg\"" : "", WIDTH, height, id, id);
	if (alone)
		buf_addf(t->out, " width=\"%.0f\" height=\"%.0f\"", WIDTH, height);
	buf_addf(t->out, "><title id=\"%s-t\">Bow-tie of ", id);
	html_text(t->out, reg_named(t->b, scenario));
	buf_addf(t->out,
		 "</title><desc id=\"%s-d\">Left what leads to it and the controls that prevent "
		 "it, right the controls that help to recover and what follows. Controls that "
		 "are named: %zu.</desc>",
		 id, json_array_size(json_object_get(scenario, "controls")));
	if (!alone)
		return;
	buf_addf(t->out, "<style>%s%s</style><rect class=\"pg\" width=\"%.0f\" height=\"%.0f\"/>",
		 of_its_own, bow_tie_style, WIDTH, height);
	for (int i = 0; i < 2; i++) {
		buf_addf(t->out, "<text class=\"h c\" x=\"%.0f\" y=\"%.0f\">", WIDTH / 2,
			 i == 0 ? 12 : height - 22);
		html_text(t->out, t->b->marking);
		buf_addf(t->out, "</text>");
	}
	buf_addf(t->out, "<text class=\"s c\" x=\"%.0f\" y=\"%.0f\">", WIDTH / 2, height - 6);
	html_text(t->out, t->b->subject);
	buf_addf(t->out, "</text>");
}

void
bow_tie_draw(struct book *b, const struct reg *r, const json_t *scenario, const char *id,
	     bool alone, struct buf *out)
{
	struct tie *t = arena_zalloc(b->arena, 1, sizeof *t);

	if (t == NULL)
		return; /* and the arena says so */
	*t = (struct tie){.b = b, .out = out, .r = r};
	add_causes(t, scenario);
	add_controls(t, scenario);
	add_event(t, scenario);
	add_consequences(t, json_object_get(scenario, "assessment"));
	place(t);
	draw_start(t, scenario, id, alone);
	draw_ties(t);
	for (size_t i = 0; i < COLUMNS; i++)
		draw_column(t, i);
	buf_addf(out, "</svg>\n");
}
