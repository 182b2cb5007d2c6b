/* semsctl spd make: from a filled-in workbook to the page and the workbook of a quarter. */
#include "base/count.h"
#include "tools/semsctl/spd/spd.h"
#include "tools/semsctl/workbook/take.h"

#include <stdio.h>
#include <string.h>

#define PATH_BYTES 4096

/* "cargo.xlsx" and 2026-Q3: "cargo-2026-Q3" beside it; false: too long. */
static bool
folder_beside(const struct spd_wish *w, char out[PATH_BYTES])
{
	static const char ending[] = ".xlsx";

	size_t n = strlen(w->document);

	if (n > sizeof ending && strcmp(w->document + n - strlen(ending), ending) == 0)
		n -= strlen(ending);
	return snprintf(out, PATH_BYTES, "%.*s-%s", (int)n, w->document, w->quarter) < PATH_BYTES;
}

int
spd_run_make(struct spd_wish *w)
{
	static const char *const formats[] = {"html", "xlsx"};

	char beside[PATH_BYTES];
	int taken;

	if (w->folder == NULL && !folder_beside(w, beside))
		return command_usage(&command_spd, "make: say where to: --output DIR");
	if (w->folder == NULL)
		w->folder = beside;
	taken = take_workbook(w->o, w->document);
	if (taken != EXIT_DONE && taken != EXIT_REJECTED)
		return taken;
	/* What was made of the file before gives way. */
	w->force = 1;
	for (size_t i = 0; i < COUNT(formats); i++) {
		int status;

		w->format = formats[i];
		status = spd_run_export(w);
		if (status != EXIT_DONE)
			return status;
	}
	return taken;
}
