#include "render/doc/spd_since.h"

#include "base/count.h"
#include "core/spd/keys.h"
#include "core/time/calendar.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void
spd_status_words(const char *status, char out[SPD_CELL])
{
	static const struct {
		const char *status;
		const char *words;
	} special[] = {
	    {"INSUFFICIENT", "too few to tell"},
	    {"NO_TARGET", "no target"},
	    {"NONE", "not judged"},
	};

	for (size_t i = 0; i < COUNT(special); i++) {
		if (strcmp(status, special[i].status) == 0) {
			snprintf(out, SPD_CELL, "%s", special[i].words);
			return;
		}
	}
	spd_words(status, out);
	for (char *p = out; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
}

void
spd_quarter_before(const char *label, char out[SPD_CELL])
{
	char before[QUARTER_TEXT_SIZE] = "";
	struct quarter q;

	if (quarter_parse(text_of(label), &q))
		quarter_format(quarter_prev(q), before);
	snprintf(out, SPD_CELL, "%s", before);
}

/* What was counted in that quarter as it is now; NULL: nothing is known of it. */
static const json_t *
figure_of(const json_t *metric, const json_t *figure, const char *quarter)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(figure, DOC_HISTORY), i, item)
	{
		if (strcmp(spd_text(item, DOC_QUARTER), quarter) == 0 &&
		    strcmp(spd_text(item, DOC_DEFINITION_VERSION), spd_text(metric, DOC_VERSION)) ==
			0)
			return item;
	}
	return NULL;
}

void
spd_since(const json_t *metric, const json_t *figure, const char *quarter, char out[SPD_CELL])
{
	const char *status = spd_text(figure, DOC_STATUS);
	char since[SPD_CELL] = "";
	char before[SPD_CELL];
	char words[SPD_CELL];
	const json_t *old;

	spd_quarter_before(quarter, before);
	old = figure_of(metric, figure, before);
	while (old != NULL && strcmp(spd_text(old, DOC_STATUS), status) == 0) {
		memcpy(since, before, sizeof since);
		spd_quarter_before(since, before);
		old = figure_of(metric, figure, before);
	}
	spd_status_words(spd_text(old, DOC_STATUS), words);
	if (since[0] != '\0')
		snprintf(out, SPD_CELL, "since %.20s%s", since, old == NULL ? " or earlier" : "");
	else if (old != NULL)
		snprintf(out, SPD_CELL, "new: %.100s in %.20s", words, before);
	else
		snprintf(out, SPD_CELL, "not known: no figure of %.20s", before);
}
