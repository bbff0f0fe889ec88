/* SPDX-License-Identifier: MIT */
/*
 * A report's page: whatever strangers are called, it stays text.
 *
 * The first byte says which panel, in which language; the rest are texts with
 * NULs between them: the title, a workspace, then cells, three columns of
 * them. A text that is "~" is NULL. The page is read back by a small parser
 * that knows the elements which a page of ours may have and nothing else.
 */
#include "fuzz.h"
#include "html.h"
#include "report_html.h"
#include "utf8.h"

#define COLUMNS 3
#define LIMIT (64u << 20)
#define DEEPEST 32

/* What a page of ours consists of. */
static const char *const tags[] = { "b",     "bdi", "canvas",	  "dd",	    "details", "div",
				    "dl",    "dt",  "figcaption", "figure", "footer",  "h2",
				    "h3",    "p",   "section",	  "span",   "summary", "table",
				    "tbody", "td",  "th",	  "thead",  "tr",      NULL };
static const char *const attributes[] = { "aria-label",	  "class",    "data-chart",
					  "data-columns", "data-day", "data-palette",
					  "data-stacked", "data-v",   "hidden",
					  "id",		  "open",     "role",
					  "scope",	  "tabindex", NULL };

static const struct {
	const char *name;
	char c;
} entities[] = {
	{ "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&#39;", '\'' }
};

/* A page being read back. */
struct reading {
	const char *p;
	const char *open[DEEPEST]; /* the elements that are open, */
	int depth;
	struct buf *bdis; /* and what stood in each <bdi>, a NUL behind each */
};

static const char *one_of(const char *const *names, const char *p, size_t n)
{
	for (; *names; names++)
		if (strlen(*names) == n && memcmp(*names, p, n) == 0)
			return *names;
	return NULL;
}

/* A character of text or of a value, its entity undone, at *P. */
static void read_char(const char **p, struct buf *out)
{
	if (**p != '&') {
		buf_char(out, *(*p)++);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(entities); i++) {
		size_t n = strlen(entities[i].name);

		if (strncmp(*p, entities[i].name, n) == 0) {
			buf_char(out, entities[i].c);
			*p += n;
			return;
		}
	}
	MUST(!"an entity of ours");
}

/* ` name` or ` name="value"`. */
static void read_attribute(struct reading *r)
{
	size_t n = strspn(r->p, "abcdefghijklmnopqrstuvwxyz-");
	struct buf value = BUF_MAX(LIMIT);

	MUST(one_of(attributes, r->p, n));
	r->p += n;
	if (*r->p == '=') {
		MUST(*++r->p == '"');
		for (r->p++; *r->p != '"';) {
			MUST(*r->p && *r->p != '<' && *r->p != '>' && *r->p != '\'');
			read_char(&r->p, &value);
		}
		r->p++;
	}
	buf_free(&value);
}

static void read_tag(struct reading *r)
{
	bool closes = *++r->p == '/';
	const char *name;
	size_t n;

	r->p += closes;
	n = strspn(r->p, "abcdefghijklmnopqrstuvwxyz0123456789");
	name = one_of(tags, r->p, n);
	MUST(name);
	r->p += n;
	if (closes) {
		MUST(r->depth > 0 && r->open[r->depth - 1] == name);
		r->depth--;
		if (strcmp(name, "bdi") == 0)
			buf_char(r->bdis, '\0');
	} else {
		MUST(r->depth < DEEPEST);
		r->open[r->depth++] = name;
		while (*r->p == ' ') {
			r->p++;
			read_attribute(r);
		}
	}
	MUST(*r->p == '>');
	r->p++;
}

/* Reads a body to its end: every element that was opened is closed, and nothing else was. */
static void read_body(const char *body, struct buf *bdis)
{
	struct reading r = { .p = body, .bdis = bdis };
	struct buf rest = BUF_MAX(LIMIT);

	while (*r.p) {
		bool in_bdi = r.depth > 0 && strcmp(r.open[r.depth - 1], "bdi") == 0;

		if (*r.p == '<') {
			read_tag(&r);
			continue;
		}
		MUST(*r.p != '>' && *r.p != '"' && *r.p != '\'');
		read_char(&r.p, in_bdi ? bdis : &rest);
	}
	MUST(r.depth == 0);
	buf_free(&rest);
}

/* What a page shows of a text: no controls, and U+FFFD for each byte that is no UTF-8. */
static const char *shown(const char *text, struct buf *out)
{
	size_t n = strlen(text), len;

	buf_reset(out);
	for (; n > 0; text += len, n -= len) {
		unsigned char first = (unsigned char)*text;

		len = utf8_char(text, n);
		if (len == 0) {
			buf_str(out, UTF8_REPLACEMENT);
			len = 1;
		} else if (len > 1 ? !(first == 0xc2 && (unsigned char)text[1] < 0xa0)
				   : first >= 0x20 && first != 0x7f) {
			buf_add(out, text, len);
		}
	}
	return buf_text(out);
}

/* GOT is what WANT is shown as, or as much of it as fits into a cell and an ellipsis. */
static void must_show(const char *got, const char *want)
{
	struct buf text = BUF_MAX(LIMIT);
	size_t n = strlen(got);

	shown(want, &text);
	if (strcmp(got, buf_text(&text)) != 0) {
		MUST(strlen(want) > 2000 && n > 3 && strcmp(got + n - 3, "\xe2\x80\xa6") == 0);
		MUST(strncmp(got, buf_text(&text), n - 3) == 0);
	}
	buf_free(&text);
}

static void must_be_utf8(const struct buf *out)
{
	for (size_t i = 0; i < out->len;) {
		size_t len = utf8_char(out->data + i, out->len - i);

		MUST(len > 0);
		i += len;
	}
}

/* The text at *P, and *P behind it; NULL for "~" and at the end. */
static const char *next(const char **p, const char *end)
{
	const char *text = *p;

	if (text >= end)
		return NULL;
	*p += strlen(text) + 1;
	return strcmp(text, "~") == 0 ? NULL : text;
}

static struct table *to_grid(const char *p, const char *end, bool stats)
{
	struct table *table = table_new(COLUMNS);

	table_name(table, 0, "contact", false);
	table_name(table, 1, "label", false);
	table_name(table, 2, stats ? "n" : "agent", stats);
	while (p < end) {
		int row = table_add(table);

		for (int c = 0; c < COLUMNS; c++) {
			const char *text = next(&p, end);

			if (text && stats && c == 2)
				text = text[strspn(text, "0123456789")] ? "17" : text;
			if (text && *text)
				table_set_text(table, row, c, text);
		}
	}
	return table;
}

static void check_cells(const struct table *table, const struct buf *bdis)
{
	const char *p = buf_text(bdis), *end = p + bdis->len;

	/* The headings. */
	for (int c = 0; c < COLUMNS; c++)
		MUST(next(&p, end));
	for (int r = 0; r < table_rows(table); r++) {
		for (int c = 0; c < COLUMNS; c++) {
			const char *want = table_text(table, r, c), *got = p;

			MUST(p < end);
			p += strlen(p) + 1;
			if (want)
				must_show(got, want);
		}
	}
	MUST(p == end);
}

static void check_panel(uint8_t how, enum lang lang, const char *p, const char *end)
{
	struct panel panel = { .name = "volume_days",
			       .kind = (enum panel_kind)(how & 3),
			       .chart = "bar",
			       .palette = "series",
			       .pivot = (how & 3) == PANEL_HEAT || how & 8 };
	struct table *table = to_grid(p, end, panel.pivot || (how & 3) == PANEL_TILES);
	struct buf out = BUF_MAX(LIMIT), bdis = BUF_MAX(LIMIT);
	struct report_html sheet = { .out = &out, .lang = lang };

	if (panel.kind == PANEL_TILES)
		buf_str(&out, "<section class=\"topic\">");
	report_html_panel(&sheet, &panel, table);
	if (panel.kind == PANEL_TILES)
		report_html_close_topic(&sheet);
	must_be_utf8(&out);
	read_body(buf_text(&out), &bdis);
	if (panel.kind == PANEL_TABLE && !panel.pivot && table_rows(table) > 0)
		check_cells(table, &bdis);
	buf_free(&out);
	buf_free(&bdis);
	table_free(&table);
}

/* What stands above the panels, of the workspace NAME. */
static void check_frame(enum lang lang, const char *name, const char *other, bool many)
{
	static const char *const names[] = {
		"workspace",   "late_since",	 "stale_seconds", "timezone",	"complete_at",
		"active_at",   "from_day",	 "to_day",	  "history_at", "stale_days",
		"agents_from", "unproven_since", "proof",	  "unproven",	"accepted",
		"unlisted",    "disputed",	 "holding",	  "beyond",	"open_day"
	};
	/* Words and numbers that the warehouse makes; all else may be any text. */
	static const char *const states[] = { "loading",  "unproven", "demoted",
					      "rejected", "differs",  "excepted" };
	struct table *scope = table_new(ARRAY_SIZE(names));
	struct buf out = BUF_MAX(LIMIT), bdis = BUF_MAX(LIMIT);
	struct report_html sheet = { .out = &out, .lang = lang };
	const char *p;

	table_add(scope);
	for (int c = 0; c < (int)ARRAY_SIZE(names); c++) {
		const char *text = c == 0 ? name : other ? other : "";

		if (strcmp(names[c], "proof") == 0)
			text = strlen(text) % 6 ? states[strlen(text) % 6 - 1] : NULL;
		else if (strcmp(names[c], "unproven") == 0)
			text = strlen(text) % 2 ? "short" : "";
		else if (c > 13)
			text = strlen(text) % 3 ? "3" : "0";
		table_name(scope, c, names[c], false);
		table_set_text(scope, 0, c, text);
	}
	report_html_workspace(&sheet, scope, 0, many);
	report_html_foot(&sheet, "program", other ? other : "");
	must_be_utf8(&out);
	read_body(buf_text(&out), &bdis);
	p = buf_text(&bdis);
	must_show(p, name);
	buf_free(&out);
	buf_free(&bdis);
	table_free(&scope);
}

/* The whole page: its title is the only place that is not in the body. */
static void check_page(enum lang lang, const char *title)
{
	static const char before[] = "<title>", behind[] = "</title>\n<style>";
	struct buf out = BUF_MAX(LIMIT), body = BUF_MAX(LIMIT), text = BUF_MAX(LIMIT);
	const char *p;

	buf_str(&body, "<p></p>");
	report_html_write(&out, lang, title, &body);
	p = strstr(buf_text(&out), before);
	MUST(p);
	p += strlen(before);
	while (*p != '<') {
		MUST(*p && *p != '>' && *p != '"' && *p != '\'');
		read_char(&p, &text);
	}
	MUST(strncmp(p, behind, strlen(behind)) == 0);
	must_show(buf_text(&text), title);
	buf_free(&out);
	buf_free(&body);
	buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_text(data, n);
	const char *p = text + (n > 0), *end = text + n, *title, *name;
	uint8_t how = n > 0 ? data[0] : 0;
	enum lang lang = how & 4 ? LANG_ID : LANG_EN;

	title = next(&p, end);
	name = next(&p, end);
	/* A whole page is a hundred times what else happens here. */
	if (how == 15)
		check_page(lang, title ? title : "");
	if (how & 32)
		check_frame(lang, name ? name : "", title, how & 16);
	else
		check_panel(how, lang, p < end ? p : end, end);
	free(text);
	return 0;
}
