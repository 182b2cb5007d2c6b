#include "render/register/register.h"

#include "base/count.h"
#include "render/register/register_sheets.h"
#include "render/sheet/xlsx.h"

#define ARENA_MAX ((size_t)2 << 30)

static void
sheet_inherent(struct book *b, const struct reg *r)
{
	sheet_matrix(b, r, false);
}

static void
sheet_residual(struct book *b, const struct reg *r)
{
	sheet_matrix(b, r, true);
}

static void (*const sheets[])(struct book *b, const struct reg *r) = {
    sheet_method,   sheet_inherent, sheet_residual, sheet_register,    sheet_threat,
    sheet_impact,   sheet_review,   sheet_targets,  sheet_maps,        sheet_causes,
    sheet_controls, sheet_flags,    sheet_actions,  sheet_acceptances, sheet_changes,
};

static enum code
no_memory(struct err *e)
{
	return err_set(e, TRY_LIMIT, "register",
		       "the register is too large for a file, or memory is out: ask for less");
}

enum code
register_xlsx(const json_t *doc, struct buf *out, struct err *e)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct reg r;
	struct book b;
	enum code code = no_memory(e);

	if (reg_init(&r, doc) && arena != NULL) {
		reg_book(&b, arena, doc, "risk register");
		for (size_t i = 0; i < COUNT(sheets); i++)
			sheets[i](&b, &r);
		if (!arena_failed(arena))
			code = xlsx_render(&b, out, e);
	}
	reg_fini(&r);
	arena_free(arena);
	return code;
}
