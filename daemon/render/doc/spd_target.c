#include "render/doc/spd_target.h"

#include "core/spd/keys.h"
#include "render/doc/spd_value.h"

#include <math.h>
#include <stdio.h>

/* One value, or both ends of a band: how many there are. */
static unsigned
ends_of(const json_t *metric, const char *const keys[3], double ends[2])
{
	const json_t *target = json_object_get(metric, DOC_TARGET);

	if (spd_number(target, keys[0], &ends[0]))
		return 1;
	return spd_number(target, keys[1], &ends[0]) && spd_number(target, keys[2], &ends[1]) ? 2
											      : 0;
}

static const char *const now[3] = {DOC_VALUE, DOC_LOW, DOC_HIGH};
static const char *const before[3] = {DOC_REPLACES, DOC_REPLACES_LOW, DOC_REPLACES_HIGH};

static void
shown(double v, const char *unit, char out[SPD_CELL])
{
	if (unit == NULL)
		spd_digits(v, out);
	else
		spd_value(v, unit, &v, out);
}

/* unit NULL: for programs. */
static bool
put_words(const json_t *metric, const char *const keys[3], const char *unit, char out[SPD_CELL])
{
	double ends[2];
	unsigned n = ends_of(metric, keys, ends);
	char low[SPD_CELL];
	char high[SPD_CELL];

	out[0] = '\0';
	if (n == 1)
		shown(ends[0], unit, out);
	if (n == 2) {
		shown(ends[0], unit, low);
		shown(ends[1], unit, high);
		snprintf(out, SPD_CELL, "%.100s to %.100s", low, high);
	}
	return n > 0;
}

bool
spd_target_words(const json_t *metric, char out[SPD_CELL])
{
	return put_words(metric, now, spd_text(metric, DOC_UNIT), out);
}

bool
spd_target_digits(const json_t *metric, char out[SPD_CELL])
{
	return put_words(metric, now, NULL, out);
}

bool
spd_target_before(const json_t *metric, char out[SPD_CELL])
{
	return put_words(metric, before, spd_text(metric, DOC_UNIT), out);
}

const double *
spd_target_near(const json_t *metric, double v, double *out)
{
	double ends[2];
	unsigned n = ends_of(metric, now, ends);

	if (n == 0)
		return NULL;
	*out = n == 2 && fabs(ends[1] - v) < fabs(ends[0] - v) ? ends[1] : ends[0];
	return out;
}

bool
spd_target_is_late(const json_t *metric)
{
	return json_is_true(json_object_get(json_object_get(metric, DOC_TARGET), DOC_SET_LATE));
}
