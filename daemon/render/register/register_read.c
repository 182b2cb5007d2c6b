#include "render/register/register_read.h"

#include "base/json/jsonin.h"
#include "core/spd/marking.h"

#include <string.h>

json_int_t
reg_score(const json_t *o, const char *name)
{
	json_int_t v = json_integer_value(json_object_get(o, name));

	return v > 0 && v <= 1000000 ? v : 0;
}

/* Highest first, whatever order they came in. */
static void
read_levels(const json_t *list, struct levels *out)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		json_int_t score = reg_score(one, "score");
		size_t at = out->n;

		if (score == 0 || score > LEVELS_MAX || out->n == LEVELS_MAX)
			continue;
		for (; at > 0 && out->level[at - 1].score < score; at--)
			out->level[at] = out->level[at - 1];
		out->level[at] = (struct level){score, member_text(one, "name")};
		out->n++;
	}
}

static void
read_bands(const json_t *list, struct reg *r)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		struct band band = {member_text(one, "name"), reg_score(one, "low"),
				    reg_score(one, "high"), member_text(one, "meaning")};
		size_t at = r->n_bands;

		if (band.low == 0 || r->n_bands == BANDS_MAX)
			continue;
		for (; at > 0 && r->band[at - 1].low < band.low; at--)
			r->band[at] = r->band[at - 1];
		r->band[at] = band;
		r->n_bands++;
	}
}

static bool
read_scenarios(struct reg *r)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(r->doc, "scenarios"), i, one)
	{
		bool retired = strcmp(member_text(one, "state"), "RETIRED") == 0;

		if (json_array_append(retired ? r->retired : r->scenarios, one) != 0)
			return false;
	}
	return true;
}

bool
reg_init(struct reg *r, const json_t *doc)
{
	const json_t *scheme = json_object_get(doc, "scheme");
	size_t i;
	json_t *one;

	*r = (struct reg){.doc = doc,
			  .scenarios = json_array(),
			  .retired = json_array(),
			  .by_number = json_object()};
	read_levels(json_object_get(scheme, "threat"), &r->threat);
	read_levels(json_object_get(scheme, "impact"), &r->impact);
	read_levels(json_object_get(scheme, "vulnerability"), &r->vulnerability);
	read_bands(json_object_get(scheme, "bands"), r);
	if (r->by_number == NULL || !read_scenarios(r))
		return false;
	json_array_foreach(json_object_get(doc, "controls"), i, one)
	{
		if (json_object_set(r->by_number, member_text(one, "number"), one) != 0)
			return false;
	}
	return true;
}

void
reg_fini(struct reg *r)
{
	json_decref(r->by_number);
	json_decref(r->scenarios);
	json_decref(r->retired);
}

const json_t *
reg_control(const struct reg *r, const char *number)
{
	return json_object_get(r->by_number, number);
}

size_t
reg_band(const struct reg *r, json_int_t score)
{
	for (size_t i = 0; i < r->n_bands; i++)
		if (score >= r->band[i].low && score <= r->band[i].high)
			return i;
	return r->n_bands;
}

size_t
reg_band_named(const struct reg *r, const char *name)
{
	for (size_t i = 0; i < r->n_bands; i++)
		if (strcmp(r->band[i].name, name) == 0)
			return i;
	return r->n_bands;
}

enum tone
reg_band_tone(const struct reg *r, size_t band)
{
	if (band >= r->n_bands)
		return TONE_PLAIN;
	return band == 0 ? TONE_BAD : band + 1 == r->n_bands ? TONE_GOOD : TONE_UNSURE;
}

size_t
reg_level(const struct levels *levels, json_int_t score)
{
	for (size_t i = 0; i < levels->n; i++)
		if (levels->level[i].score == score)
			return i;
	return levels->n;
}

enum control_state
reg_worst(const struct reg *r, const json_t *scenario)
{
	const char *said = member_text(scenario, "worst");
	enum control_state worst = CONTROL_STATES;
	size_t i;
	json_t *number;

	if (said[0] != '\0')
		return control_state(said);
	json_array_foreach(json_object_get(scenario, "controls"), i, number)
	{
		const json_t *control = reg_control(r, json_words(number));
		enum control_state one = control_state(member_text(control, "state"));

		worst = control != NULL && one < worst ? one : worst;
	}
	return worst == CONTROL_STATES ? CONTROL_NONE : worst;
}

/* --- words ------------------------------------------------------------------------------------ */

const char *
reg_add(struct book *b, const char *all, const char *separator, const char *one)
{
	return one[0] == '\0' ? all : book_join(b, all, separator, one);
}

const char *
reg_join(struct book *b, const json_t *list, const char *separator)
{
	size_t n = json_array_size(list);
	const char *all = "";

	for (size_t i = 0; i < n && i < REG_JOINED; i++)
		all = reg_add(b, all, separator, json_words(json_array_get(list, i)));
	return n <= REG_JOINED ? all : book_text(b, "%s and %zu more", all, n - REG_JOINED);
}

const char *
reg_scored(struct book *b, const struct levels *levels, json_int_t score)
{
	size_t at = reg_level(levels, score);

	if (score == 0)
		return "";
	return book_text(b, "%" JSON_INTEGER_FORMAT "%s%s", score, at < levels->n ? " " : "",
			 at < levels->n ? levels->level[at].name : "");
}

const char *
reg_named(struct book *b, const json_t *one)
{
	return reg_add(b, member_text(one, "number"), " ", member_text(one, "title"));
}

const char *
reg_person(const json_t *o, const char *name, const char *who)
{
	const char *said = member_text(o, name);

	return said[0] == '\0' ? member_text(o, who) : said;
}

const char *
reg_figure(struct book *b, const json_t *metric)
{
	const char *quarter = member_text(metric, "quarter");
	json_int_t revision = reg_score(metric, "revision");
	const char *status = member_text(metric, "status");
	const char *target = member_text(metric, "target");
	const char *all =
	    reg_add(b, member_text(metric, "metric"), " ", member_text(metric, "name"));
	const char *text = member_text(metric, "text");
	char words[SPD_CELL];

	if (quarter[0] != '\0')
		all = book_text(b, "%s, %s", all, quarter);
	if (quarter[0] != '\0' && revision > 0)
		all = book_text(b, "%s r%" JSON_INTEGER_FORMAT, all, revision);
	spd_words(status, words);
	text = reg_add(b, text, ", ", words);
	if (target[0] != '\0')
		text = reg_add(b, text, " ", book_text(b, "against %s", target));
	return reg_add(b, all, ": ", text);
}

/* --- columns of the register, in words -------------------------------------------------------- */

const char *
reg_leads(struct book *b, const json_t *scenario)
{
	const char *all = "";
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(scenario, "leads"), i, one)
	{
		const char *part = register_word("part", member_text(one, "part"));
		const char *criterion = register_word("criterion", member_text(one, "criterion"));
		const char *why = reg_add(b, criterion, "; ", part);

		all = reg_add(b, all, "\n",
			      why[0] == '\0'
				  ? member_text(one, "organisation")
				  : book_text(b, "%s (%s)", member_text(one, "organisation"), why));
	}
	if (json_is_true(json_object_get(scenario, "several_leads")))
		all = book_text(b, "%s\nMore than one leads: is that meant?", all);
	return all;
}

const char *
reg_assets(struct book *b, const json_t *scenario)
{
	const char *all = "";
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(scenario, "assets"), i, one)
	{
		const char *class = register_word("class", member_text(one, "class"));

		all = reg_add(b, all, "\n",
			      class[0] == '\0' ? reg_named(b, one)
					       : book_text(b, "%s (%s)", reg_named(b, one), class));
	}
	return all;
}

const char *
reg_controls(struct book *b, const struct reg *r, const json_t *scenario)
{
	const char *all = "";
	size_t i;
	json_t *number;

	json_array_foreach(json_object_get(scenario, "controls"), i, number)
	{
		const json_t *control = reg_control(r, json_words(number));
		enum control_state state = control_state(member_text(control, "state"));

		all = reg_add(b, all, "\n",
			      control == NULL ? book_text(b, "%s: not in force", json_words(number))
					      : book_text(b, "%s: %s", reg_named(b, control),
							  control_words(b, state)));
	}
	return all;
}

const char *
reg_risk(struct book *b, const json_t *a)
{
	json_int_t residual = reg_score(a, "residual");

	return residual == 0 ? ""
			     : book_text(b, "%" JSON_INTEGER_FORMAT " %s", residual,
					 member_text(a, "residual_band"));
}

void
reg_book(struct book *b, struct arena *arena, const json_t *doc, const char *what)
{
	const json_t *entity = json_object_get(doc, "entity");
	const char *as_of = member_text(doc, "as_of");

	*b = (struct book){
	    .arena = arena,
	    .what = what,
	    .entity = member_text(entity, "name"),
	    .marking = member_text(doc, "marking"),
	    .handling = "Share it only as the rules that were agreed for it allow.",
	    .full = true,
	};
	/* As an SPD is marked where nobody said otherwise. */
	if (b->marking[0] == '\0')
		b->marking = MARKING_DEFAULT;
	b->as_of = book_text(b, "%sT00:00:00Z", as_of);
	b->subject = book_text(b, "%s, as of %s", b->entity, as_of);
}
