/*
 * What must be right about a frozen document before people put their names under it. Pure: the
 * document, what was said about it, and the document of the quarter before.
 */
#ifndef SEMS_CORE_SPD_SPD_CHECK_H
#define SEMS_CORE_SPD_SPD_CHECK_H

#include <stddef.h>

struct json_t; /* jansson's */

#define SPD_FOUND_MAX 1000 /* places named by each check; all are counted */

/*
 * [{check, about, ok, count, found: [text], figures: [{metric, name, by, value, target, unit}],
 * todo, actions}], one for each check, in the order in which people work them off. about: what the
 * check looks at. found: each place in words ("QN01 at measure 1.3"); figures: the same places, for
 * those checks that look at one figure each. todo: what to do, in words that name the actions.
 * events: those of the declaration. earlier: the document of the quarter before that was submitted
 * last, NULL when there is none. The caller's to json_decref(); NULL: memory is out.
 *
 * A failing figure of the entity takes a comment on its metric. One of a site, measure or other
 * breakdown takes a comment, too, when the entity's own does not fail: on itself or on its metric.
 */
struct json_t *spd_check(const struct json_t *document, const struct json_t *events,
			 const struct json_t *earlier);

/* How many checks of that list failed. */
size_t spd_check_failed(const struct json_t *list);

#endif
