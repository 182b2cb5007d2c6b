/* The register of risks as one document, asked of semsd part by part and page by page. */
#ifndef SEMS_TOOLS_SEMSCTL_CASES_REGISTER_H
#define SEMS_TOOLS_SEMSCTL_CASES_REGISTER_H

#include "tools/semsctl/cases/case_wish.h"

/* All parts, and the flags and the scheme, as members of one object ("scenarios", "controls",
 * "assets", "process_maps", "flags", "scheme", "entity", "as_of"), with what figures say in words;
 * the caller's to json_decref(), also when it fails. An enum exit_code. */
int register_read(const struct case_wish *w, json_t **document);
/* One part alone: "scenario", "control", "asset"; number NULL: all. */
int register_part(const struct case_wish *w, const char *part, const char *number,
		  json_t **document);
int register_flags(const struct case_wish *w, const char *scenario, json_t **document);

/* What `semsctl risk` and `semsctl control` ask. */
int risk_list(struct case_wish *w, const char *argument);
int risk_show(struct case_wish *w, const char *number);
int risk_flags(struct case_wish *w, const char *scenario);
int risk_settle(struct case_wish *w, const char *figure);
int risk_scheme(struct case_wish *w, const char *path);
int control_list(struct case_wish *w, const char *argument);
/* The framework as one document, as register_read(). */
int framework_read(const struct case_wish *w, json_t **document);
/* Their files; number: of the scenario whose bow-tie is asked for. */
int risk_export(struct case_wish *w, const char *number);
int framework_export(struct case_wish *w, const char *argument);

#endif
