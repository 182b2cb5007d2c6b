#include "render/doc/spd_chart.h"

#include "base/count.h"
#include "core/spd/keys.h"
#include "render/doc/spd_value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct words {
	const char *code;
	const char *text;
	const char *mark; /* a sign and a word or two: never the colour alone */
} variations[] = {
    {"COMMON_CAUSE", "Its last weeks are within what weeks usually vary by.", "≈ as weeks vary"},
    {"SPECIAL_CAUSE_IMPROVING", "Its last weeks are better than weeks usually vary by.",
     "▲ better than weeks vary"},
    {"SPECIAL_CAUSE_CONCERNING", "Its last weeks are worse than weeks usually vary by.",
     "▼ worse than weeks vary"},
    {"SPECIAL_CAUSE_HIGHER", "Its last weeks are higher than weeks usually vary by.",
     "↑ higher than weeks vary"},
    {"SPECIAL_CAUSE_LOWER", "Its last weeks are lower than weeks usually vary by.",
     "↓ lower than weeks vary"},
};
static const struct words assurances[] = {
    {"CONSISTENTLY_MET", "Weeks as they usually vary all meet the target.",
     "● weeks meet the target"},
    {"CONSISTENTLY_MISSED", "Weeks as they usually vary all miss the target.",
     "○ weeks miss the target"},
    {"HIT_OR_MISS", "Weeks as they usually vary may meet the target or miss it.",
     "◐ weeks meet or miss the target"},
};

static const struct words *
words_of(const struct words *list, size_t n, const char *code)
{
	static const struct words none = {"", "", ""};

	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].code, code) == 0)
			return &list[i];
	return &none;
}

static const struct words *
variation_of(const json_t *chart)
{
	return words_of(variations, COUNT(variations), spd_text(chart, DOC_VARIATION));
}

static const struct words *
assurance_of(const json_t *chart)
{
	return words_of(assurances, COUNT(assurances), spd_text(chart, DOC_ASSURANCE));
}

const char *
spd_chart_variation(const json_t *chart)
{
	return variation_of(chart)->text;
}

const char *
spd_chart_assurance(const json_t *chart)
{
	return assurance_of(chart)->text;
}

const char *
spd_chart_variation_mark(const json_t *chart)
{
	return variation_of(chart)->mark;
}

const char *
spd_chart_assurance_mark(const json_t *chart)
{
	return assurance_of(chart)->mark;
}

void
spd_day_words(const char *day, char out[SPD_DAY])
{
	static const char *const months[] = {"January",   "February", "March",    "April",
					     "May",       "June",     "July",     "August",
					     "September", "October",  "November", "December"};
	long month = strlen(day) == 10 ? strtol(day + 5, NULL, 10) : 0;

	if (month < 1 || month > (long)COUNT(months))
		snprintf(out, SPD_DAY, "%.31s", day);
	else
		snprintf(out, SPD_DAY, "%ld %s %.4s", strtol(day + 8, NULL, 10), months[month - 1],
			 day);
}

bool
spd_chart_change(const json_t *metric, char out[SPD_CELL])
{
	const json_t *change = json_object_get(json_object_get(metric, DOC_CHART), DOC_CHANGE);
	const char *unit = spd_text(metric, DOC_UNIT);
	char since[SPD_DAY];
	char words[3][SPD_CELL];
	double before;
	double after;
	double difference;

	if (!spd_number(change, DOC_BEFORE, &before) || !spd_number(change, DOC_AFTER, &after) ||
	    !spd_number(change, DOC_DIFFERENCE, &difference))
		return false;
	spd_day_words(spd_text(change, DOC_FIRST_DAY), since);
	spd_value(before, unit, &after, words[0]);
	spd_value(after, unit, &before, words[1]);
	spd_value(fabs(difference), UNIT_CHANGE, NULL, words[2]);
	snprintf(out, SPD_CELL, "%s by %.60s since the week of %s, from %.60s to %.60s",
		 difference < 0 ? "fell" : "rose", words[2] + (words[2][0] == '+'), since, words[0],
		 words[1]);
	return true;
}
