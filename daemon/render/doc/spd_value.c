#include "render/doc/spd_value.h"

#include "base/count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 1 of 10^12, the greatest count there is, has ten decimals in per cent. */
#define DECIMALS_MAX 12

struct unit {
	const char *unit;
	int power; /* of ten, by which it is shown */
	int decimals;
	const char *shown;
	bool has_sign;
	bool is_share; /* 1 is the whole of it */
};

static const struct unit *
unit_of(const char *name)
{
	static const struct unit units[] = {
	    {"%", 2, 1, " %", false, true},    {"n", 0, 0, "", false, false},
	    {"count", 0, 0, "", false, false}, {"ms", 0, 0, " ms", false, false},
	    {"0-1", 0, 3, "", false, true},    {"z", 0, 2, "", false, false},
	    {"kappa", 0, 2, "", false, true},  {UNIT_CHANGE, 2, 1, " pp", true, false},
	};
	static const struct unit other = {NULL, 0, 2, " ", false, false};

	for (size_t i = 0; i < COUNT(units); i++)
		if (strcmp(name, units[i].unit) == 0)
			return &units[i];
	return &other;
}

static void
print_digits(double v, const struct unit *u, int decimals, char out[SPD_CELL])
{
	snprintf(out, SPD_CELL, u->has_sign ? "%+.*f" : "%.*f", decimals,
		 u->power == 2 ? v * 100 : v);
}

static int
order(double a, double b)
{
	return (a > b) - (a < b);
}

/* Are the digits on the side of the other number that v is on? */
static bool
agrees(const char *digits, const struct unit *u, double v, double other)
{
	char text[SPD_CELL + 4];

	/* Read as a decimal: a division would not give the same number back. */
	snprintf(text, sizeof text, "%se-%d", digits, u->power);
	return order(strtod(text, NULL), other) == order(v, other);
}

static int
decimals_of(double v, const struct unit *u, const double *beside)
{
	char digits[SPD_CELL];

	for (int n = u->decimals; n <= DECIMALS_MAX; n++) {
		print_digits(v, u, n, digits);
		if (agrees(digits, u, v, 0) && (!u->is_share || agrees(digits, u, v, 1)) &&
		    (beside == NULL || agrees(digits, u, v, *beside)))
			return n;
	}
	return u->decimals;
}

int
spd_decimals(double v, const char *unit, const double *beside)
{
	return decimals_of(v, unit_of(unit), beside);
}

void
spd_value(double v, const char *unit, const double *beside, char out[SPD_CELL])
{
	const struct unit *u = unit_of(unit);
	char digits[SPD_CELL];

	print_digits(v, u, decimals_of(v, u, beside), digits);
	if (u->unit != NULL)
		snprintf(out, SPD_CELL, "%.200s%s", digits, u->shown);
	else
		snprintf(out, SPD_CELL, "%.200s%s%.20s", digits, unit[0] == '\0' ? "" : u->shown,
			 unit);
}
