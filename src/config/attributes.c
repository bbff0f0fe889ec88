/* SPDX-License-Identifier: MIT */
#include "attributes.h"

#include <string.h>

#define LONGEST_NAME 59
#define MOST_ATTRIBUTES 100
#define MOST_MEMBERS 10

/* The columns that sahut_report.conversation_times has without them; a test compares. */
static const char *const taken[] = {
	"agent_count",
	"channel_id",
	"channel_name",
	"channel_type",
	"created_at",
	"created_day",
	"first_agent_id",
	"first_agent_name",
	"first_bot_reply_at",
	"first_customer_message_at",
	"first_human_reply_at",
	"first_human_reply_id",
	"first_human_reply_name",
	"first_label_list",
	"first_labels",
	"first_resolved_at",
	"first_team_id",
	"first_team_name",
	"handover_count",
	"id",
	"is_history_complete",
	"label_list",
	"labels",
	"last_agent_id",
	"last_agent_name",
	"last_message_at",
	"last_resolved_at",
	"last_team_id",
	"last_team_name",
	"merged_into",
	"messages_known_until",
	"open_business_seconds",
	"open_seconds",
	"pending_business_seconds",
	"pending_seconds",
	"reopen_count",
	"reply_count",
	"resolution_count",
	"resolved_label_list",
	"resolved_labels",
	"snoozed_business_seconds",
	"snoozed_seconds",
	"status",
	"touch_count",
	"unassigned_business_seconds",
	"unassigned_seconds",
	"waiting_since",
	"workspace_name",
};

static const char *const types[] = { "text", "number", "date", "boolean" };

static const struct key attribute_keys[] = {
	{ "name", KEY_TEXT, offsetof(struct workspace_attribute, name), .required = true,
	  .help = "The name of the column." },
	{ "path", KEY_TEXT, offsetof(struct workspace_attribute, path), .required = true,
	  .help = "Where the field is in an item of the API." },
	{ "type", KEY_TEXT, offsetof(struct workspace_attribute, type), .fallback = "text",
	  .help = "text, number, date or boolean." },
	KEY_END,
};

static bool is_one_of(const char *const *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], s) == 0)
			return true;
	return false;
}

static bool is_name(const char *s)
{
	return *s >= 'a' && *s <= 'z' && strlen(s) <= LONGEST_NAME &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

/* Members with a dot between them, none of them empty. */
static bool is_path(const char *s)
{
	int members = 1;

	for (const char *p = s; *p; p++)
		if (*p == '.') {
			members++;
			if (p == s || p[1] == '.' || !p[1])
				return false;
		}
	return *s && members <= MOST_MEMBERS;
}

static void check_name(struct config_reader *in, const struct yaml *node, const char *here,
		       const struct workspace_attribute *list, size_t i)
{
	const char *name = list[i].name;

	if (!is_name(name))
		config_reader_complain(in, node, here,
				       "a name of small letters, digits and _ was expected, a "
				       "letter first and %d at most, not \"%s\"",
				       LONGEST_NAME, name);
	else if (is_one_of(taken, ARRAY_SIZE(taken), name))
		config_reader_complain(in, node, here,
				       "conversation_times has a column %s of its own; call it "
				       "otherwise",
				       name);
	for (size_t j = 0; j < i; j++)
		if (list[j].name && strcmp(list[j].name, name) == 0)
			config_reader_complain(in, node, here, "two are called %s", name);
}

static void check(struct config_reader *in, const struct yaml *node, const char *here,
		  const struct workspace_attribute *list, size_t i)
{
	if (list[i].name)
		check_name(in, node, here, list, i);
	if (list[i].path && !is_path(list[i].path))
		config_reader_complain(in, node, here,
				       "a path such as custom_attributes.order_no was expected, "
				       "%d members at most, not \"%s\"",
				       MOST_MEMBERS, list[i].path);
	if (list[i].type && !is_one_of(types, ARRAY_SIZE(types), list[i].type))
		config_reader_complain(in, node, here,
				       "the type is text, number, date or boolean, not \"%s\"",
				       list[i].type);
}

void attributes_read(struct config_reader *in, const struct yaml *node, const char *where, void *to)
{
	struct workspace_attributes *attributes = to;

	if (!node)
		return;
	if (node->kind != YAML_LIST || node->n > MOST_ATTRIBUTES) {
		config_reader_complain(in, node, where,
				       "a list of %d at most was expected, such as [{name: "
				       "order_no, path: custom_attributes.order_no, type: text}]",
				       MOST_ATTRIBUTES);
		return;
	}
	attributes->n = node->n;
	attributes->list = arena_alloc(in->arena, node->n * sizeof(*attributes->list));
	for (size_t i = 0; i < node->n; i++) {
		const char *here = arena_printf(in->arena, "%s[%zu]", where, i);

		config_reader_section(in, attribute_keys, node->values[i], here,
				      &attributes->list[i]);
		check(in, node->values[i], here, attributes->list, i);
	}
}

void attributes_agree(struct config_reader *in, const struct workspace_conf *a,
		      const struct workspace_conf *b)
{
	for (size_t i = 0; i < a->attributes.n; i++)
		for (size_t j = 0; j < b->attributes.n; j++) {
			const struct workspace_attribute *x = &a->attributes.list[i];
			const struct workspace_attribute *y = &b->attributes.list[j];

			if (x->name && y->name && strcmp(x->name, y->name) == 0 && x->type &&
			    y->type && strcmp(x->type, y->type) != 0)
				config_reader_complain(
					in, NULL, "workspaces",
					"the attribute %s is of type %s in %s, and %s in %s: it "
					"is one column, and must be of one type",
					x->name, x->type, a->name ? a->name : "one", y->type,
					b->name ? b->name : "another");
		}
}
