/* Room web/step: What people do by a form: a row for each step of a life, and who shows anew that
 * it is he. */
/*
 * A step has a page of its own, which shows what it is about and has a form. What is to be said
 * with it is data (core/life), and whether it may be done semsd decides.
 */
#ifndef SEMS_WEB_STEP_STEP_H
#define SEMS_WEB_STEP_STEP_H

#include "core/life/step.h"
#include "web/person/assure.h"
#include "web/view/view.h"

/* The form's beginning: to the page's own path, with its secret. */
void step_begin(const struct showing *s, struct buf *b);
void step_hidden(struct buf *b, const char *name, const char *value);
/* A field for a word, with what was given, or what the address has; its error beside it. */
void step_word(const struct showing *s, struct buf *b, const struct life_word *w, bool is_needed);
/* The button, and the end. */
void step_end(struct buf *b, const char *button, bool warns);
/* What was given, else what the address has; "": neither. */
char *step_value(const struct showing *s, const char *name);

#endif
