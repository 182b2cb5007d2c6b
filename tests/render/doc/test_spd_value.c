#include "base/count.h"
#include "render/doc/spd_value.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include <stdlib.h>

#define NO_TARGET (-1.0)

struct shown_case {
	double v;
	double beside; /* NO_TARGET: none */
	char unit[8];
	char shown[24];
};

ParameterizedTestParameters(spd_value, says_what_is_so)
{
	static struct shown_case cases[] = {
	    {0.846, NO_TARGET, "%", "84.6 %"},
	    {0, NO_TARGET, "%", "0.0 %"},
	    {1, NO_TARGET, "%", "100.0 %"},
	    {1.038, NO_TARGET, "%", "103.8 %"},
	    /* near nought and near the whole */
	    {2999.0 / 3000, NO_TARGET, "%", "99.97 %"},
	    {2999.0 / 3000, 1, "%", "99.97 %"},
	    {1.0 / 3000, NO_TARGET, "%", "0.03 %"},
	    {1e-12, NO_TARGET, "%", "0.0000000001 %"},
	    {1 - 1e-9, NO_TARGET, "%", "99.9999999 %"},
	    {1.0001, NO_TARGET, "%", "100.01 %"},
	    {-1.0 / 3000, NO_TARGET, "%", "-0.03 %"},
	    {0.0004, NO_TARGET, "0-1", "0.0004"},
	    {0.9996, NO_TARGET, "0-1", "0.9996"},
	    {0.25, NO_TARGET, "ms", "0.2 ms"},
	    /* near a target, on either side, and on it */
	    {2849.0 / 3000, 0.95, "%", "94.97 %"},
	    {0.9504, 0.95, "%", "95.04 %"},
	    {0.95, 0.95, "%", "95.0 %"},
	    {0.07, 0.07, "%", "7.0 %"},
	    {0.94967, 0.9498, "%", "94.97 %"},
	    {0.902, 0.95, "%", "90.2 %"},
	    {3.9996, 4, "d'", "3.9996 d'"},
	    /* a target has all its digits */
	    {0.9985, 0.9985, "%", "99.85 %"},
	    {0.99985, 0.99985, "%", "99.985 %"},
	    /* changes have their sign */
	    {0.1, NO_TARGET, UNIT_CHANGE, "+10.0 pp"},
	    {-0.0004, NO_TARGET, UNIT_CHANGE, "-0.04 pp"},
	    {0, NO_TARGET, UNIT_CHANGE, "+0.0 pp"},
	    {1, NO_TARGET, UNIT_CHANGE, "+100.0 pp"},
	    {3.333, NO_TARGET, "", "3.33"},
	    {1e-300, NO_TARGET, "", "0.00"},
	};

	return cr_make_param_array(struct shown_case, cases, COUNT(cases));
}

ParameterizedTest(struct shown_case *c, spd_value, says_what_is_so)
{
	char out[SPD_CELL];

	spd_value(c->v, c->unit, c->beside == NO_TARGET ? NULL : &c->beside, out);
	cr_expect_str_eq(out, c->shown, "%.17g %s beside %g: %s, not %s", c->v, c->unit, c->beside,
			 out, c->shown);
}

/* Every count of a thousand, against every target in tenths of a per cent near it. */
Test(spd_value, is_on_its_targets_side)
{
	char v[SPD_CELL];
	char t[SPD_CELL];

	for (int x = 0; x <= 3000; x++) {
		for (int k = 900; k <= 1000; k++) {
			double value = x / 3000.0;
			double target = k / 1000.0;
			double shown;
			double wanted;

			spd_value(value, "%", &target, v);
			spd_value(target, "%", &target, t);
			shown = strtod(v, NULL);
			wanted = strtod(t, NULL);
			cr_assert_eq(shown < wanted, value < target, "%d of 3000: %s, %s", x, v, t);
			cr_assert_eq(shown == 0, x == 0, "%d of 3000: %s", x, v);
			cr_assert_eq(shown == 100, x == 3000, "%d of 3000: %s", x, v);
		}
	}
}
