#include "base/file/yamlfile.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct point {
	char *name;
	int *sure;
};

static const cyaml_schema_field_t fields[] = {
    YAML_NEED_TEXT("name", struct point, name),
    YAML_FLAG("sure", struct point, sure),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct point, fields),
};

Test(yamlfile, reads_what_the_schema_knows)
{
	struct point *p = NULL;
	struct err e;

	cr_assert_eq(yamlfile_load_text("name: gate\nsure: yes\n", "x", &schema, (void **)&p, &e),
		     OK);
	cr_assert_str_eq(p->name, "gate");
	cr_assert_eq(*p->sure, 1);
	yamlfile_free(&schema, p);
}

Test(yamlfile, names_the_line_of_an_unknown_key)
{
	struct point *p = NULL;
	struct err e;

	cr_assert_neq(
	    yamlfile_load_text("name: gate\n\nshure: yes\n", "x.yaml", &schema, (void **)&p, &e),
	    OK);
	cr_assert_not_null(strstr(e.text, "x.yaml, line 3"), "%s", e.text);
	cr_assert_not_null(strstr(e.text, "shure"), "%s", e.text);
}

Test(yamlfile, refuses_a_flag_that_is_neither_yes_nor_no)
{
	struct point *p = NULL;
	struct err e;

	cr_assert_neq(yamlfile_load_text("name: a\nsure: perhaps\n", "x", &schema, (void **)&p, &e),
		      OK);
}

Test(yamlfile, refuses_an_empty_file_and_one_that_is_not_there)
{
	struct point *p = NULL;
	struct err e;

	cr_assert_neq(yamlfile_load_text("", "x", &schema, (void **)&p, &e), OK);
	cr_assert_eq(yamlfile_load("/nonexistent.yaml", &schema, (void **)&p, &e), REJ_NOT_FOUND);
}

Test(yamlfile, reads_from_a_file)
{
	char path[] = "/tmp/semsd-yaml-XXXXXX";
	int fd = mkstemp(path);
	struct point *p = NULL;
	struct err e;

	cr_assert_eq(write(fd, "name: lane\n", 11), 11);
	close(fd);
	cr_assert_eq(yamlfile_load(path, &schema, (void **)&p, &e), OK, "%s", e.text);
	cr_assert_str_eq(p->name, "lane");
	cr_assert_null(p->sure);
	yamlfile_free(&schema, p);
	unlink(path);
}
