/*
 * A map for CSV files as an operator may write it, and a file for it, behind a NUL: the map is read
 * or refused with a reason, and each row makes records that can be sent, or is rejected with one.
 */
#include "tests/fuzz/fuzz.h"
#include "tools/import/mapper.h"
#include "tools/sheet/sheet.h"
#include "tools/time/zone.h"
#include "wire/encode.h"
#include "wire/frame.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define COLUMNS_MAX 64u

static struct arena *arena;
static struct zone zone;
static struct buf encoded;
static int file = -1;
static char file_path[64];

static void
check_row(const struct mapped *m, enum mapper_result r)
{
	if (r == MAPPER_REJECT)
		MUST(m->reject.reason[0] != '\0');
	if (r != MAPPER_RECORDS)
		return;
	MUST(m->n <= MAPPED_MAX);
	for (size_t i = 0; i < m->n; i++) {
		buf_clear(&encoded);
		wire_put_record(&m->records[i], arena, &encoded);
	}
}

static void
read_rows(const struct map *map, struct sheet *s)
{
	struct when_zones zones = {&zone, NULL};
	struct mapper *mapper = NULL;
	struct sheet_row row;
	struct text names[COLUMNS_MAX];
	struct err e = {0};

	if (sheet_next(s, &row, &e) != SHEET_ROW || row.n > COLUMNS_MAX)
		return;
	for (size_t i = 0; i < row.n; i++)
		names[i] = row.cells[i];
	if (mapper_new(map, names, row.n, &zones, &mapper, &e) != OK) {
		MUST(e.text[0] != '\0');
		return;
	}
	for (;;) {
		struct mapped m = {0};
		enum sheet_status st = sheet_next(s, &row, &e);

		if (st != SHEET_ROW)
			break;
		arena_reset(arena);
		check_row(&m, mapper_row(mapper, row.cells, row.n, arena, &m));
	}
	mapper_free(mapper);
}

static void
read_file(const struct map *map, struct text bytes)
{
	const char *delimiter = map->delimiter == NULL ? "," : map->delimiter;
	struct sheet *s = NULL;
	struct err e = {0};

	MUST(ftruncate(file, 0) == 0);
	MUST(pwrite(file, bytes.s, bytes.n, 0) == (ssize_t)bytes.n);
	if (sheet_open(&(struct sheet_file){.path = file_path,
					    .delimiter = delimiter[0],
					    .encoding = map->encoding},
		       &s, &e) == OK)
		read_rows(map, s);
	else
		MUST(e.text[0] != '\0');
	sheet_close(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size == 0 ? NULL : memchr(data, '\0', size);
	size_t n = end == NULL ? size : (size_t)(end - data);
	struct map *map = NULL;
	struct err e = {0};
	char *text;

	if (arena == NULL) {
		arena = arena_new((size_t)1 << 24);
		buf_init(&encoded, (size_t)4 * RECORD_BYTES_MAX);
		file = memfd_create("fuzz", MFD_CLOEXEC);
		snprintf(file_path, sizeof file_path, "/proc/self/fd/%d", file);
		MUST(arena != NULL && file >= 0 && zone_open("Europe/London", &zone));
	}
	text = malloc(n + 1);
	MUST(text != NULL);
	if (n != 0)
		memcpy(text, data, n);
	text[n] = '\0';
	if (map_load_text(text, &map, &e) != OK)
		MUST(e.code != OK && e.text[0] != '\0');
	else if (end != NULL)
		read_file(map, (struct text){(const char *)end + 1, size - n - 1});
	map_free(map);
	free(text);
	return 0;
}
