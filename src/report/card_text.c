/* SPDX-License-Identifier: MIT */
#include "card_text.h"

#include <string.h>

static const struct {
	const char *english, *indonesian;
} words[] = {
	/* ---- collections and dashboards ---- */
	{ "Sahut", "Sahut" },
	{ "Conversations of the Sahut workspace, kept by sahut-etl.",
	  "Percakapan ruang kerja Sahut, dipelihara oleh sahut-etl." },
	{ "Sahut: agents", "Sahut: agen" },
	{ "Workload by agent. Give it to managers only.",
	  "Beban kerja per agen. Berikan hanya kepada manajer." },
	{ "What comes in, what is resolved, what waits.",
	  "Yang masuk, yang selesai, dan yang menunggu." },
	{ "Who carries how much, now and over time. Names of staff: keep this collection to "
	  "managers.",
	  "Siapa menangani berapa banyak, sekarang dan dari waktu ke waktu. Ada nama staf: koleksi "
	  "ini "
	  "hanya untuk manajer." },
	{ "Data freshness", "Kemutakhiran data" },
	{ "How far the data can be trusted, and whether the sync is well.",
	  "Sejauh mana datanya dapat diandalkan, dan apakah sinkronisasinya sehat." },

	/* ---- filters ---- */
	{ "Date", "Tanggal" },
	{ "Channel type", "Jenis kanal" },
	{ "Channel", "Kanal" },
	{ "Agent", "Agen" },

	/* ---- on top of each dashboard ---- */
	{ "How far these figures count", "Sejauh mana angka-angka ini dapat dihitung" },
	{ "Is all of it here? Days after the time that is named are a lower bound.",
	  "Apakah semuanya sudah ada? Hari sesudah waktu yang disebut hanya batas bawah." },

	{ "Complete", "Lengkap" },
	{ "Complete, but for items that are known", "Lengkap, kecuali butir yang sudah diketahui" },
	{ "All days up to the time beside count.",
	  "Semua hari sampai waktu di sebelah dapat dihitung." },
	{ "Days after the time beside are a lower bound.",
	  "Hari sesudah waktu di sebelah hanya batas bawah." },
	{ "Some items could not be loaded", "Sebagian butir tidak dapat dimuat" },
	{ "Days after the time beside lack them.",
	  "Hari sesudah waktu di sebelah tanpa butir itu." },
	{ "day is not over", "hari belum berakhir" },
	{ "(nobody)", "(tanpa agen)" },

	/* ---- volume ---- */
	{ "Created", "Masuk" },
	{ "How many conversations came in?", "Berapa percakapan yang masuk?" },
	{ "Resolved", "Selesai" },
	{ "How many resolutions did we make, those of reopened conversations included?",
	  "Berapa penyelesaian yang kita buat, termasuk percakapan yang dibuka kembali?" },
	{ "Reopened", "Dibuka kembali" },
	{ "How many came back?", "Berapa yang kembali?" },
	{ "Reopen rate", "Porsi dibuka kembali" },
	{ "How well do resolutions hold? Reopened as a share of resolved, both in the period.",
	  "Apakah penyelesaian bertahan? Yang dibuka kembali sebagai porsi dari yang selesai, "
	  "keduanya pada "
	  "periode ini." },
	{ "First resolution (hours, median)", "Penyelesaian pertama (jam, median)" },
	{ "How long until the first resolution? Half of them took no longer. Of those that are "
	  "known from "
	  "creation.",
	  "Berapa lama sampai penyelesaian pertama? Separuhnya tidak lebih lama dari itu. Hanya "
	  "yang diketahui "
	  "sejak masuk." },
	{ "Unresolved now", "Belum selesai saat ini" },
	{ "How big is the backlog right now?", "Berapa percakapan yang belum selesai saat ini?" },
	{ "Do we keep up with what comes in? What was resolved before the first load is not known. "
	  "The last "
	  "day is not over.",
	  "Apakah kita mengimbangi yang masuk? Yang selesai sebelum pemuatan pertama tidak "
	  "diketahui. Hari "
	  "terakhir belum berakhir." },
	{ "Backlog at the end of each day, by status",
	  "Percakapan yang belum selesai pada akhir hari, menurut status" },
	{ "Is the backlog growing, and in which status?",
	  "Apakah yang belum selesai bertambah, dan pada status mana?" },
	{ "Created per day by channel type", "Masuk per hari menurut jenis kanal" },
	{ "Which channel drives the volume? The last day is not over.",
	  "Kanal mana yang paling ramai? Hari terakhir belum berakhir." },
	{ "Channel mix", "Komposisi kanal" },
	{ "What share comes through each channel?", "Berapa porsi tiap kanal?" },
	{ "Created by weekday and hour", "Masuk menurut hari dan jam" },
	{ "When do customers write? 1 is Monday. A weekday that comes five times adds up five "
	  "days.",
	  "Kapan pelanggan menulis? 1 adalah Senin. Hari yang ada lima kali menjumlahkan lima "
	  "hari." },
	{ "Resolution time per week (hours, median and 90th percentile)",
	  "Waktu penyelesaian per pekan (jam, median dan persentil ke-90)" },
	{ "Are we getting faster, typical and worst case? From creation, or from the reopening "
	  "before it.",
	  "Apakah kita makin cepat, pada umumnya dan pada yang terlama? Sejak masuk, atau sejak "
	  "dibuka kembali "
	  "sebelumnya." },
	{ "Age of the backlog now", "Umur percakapan yang belum selesai saat ini" },
	{ "How old is what is still unresolved?", "Berapa umur percakapan yang belum selesai?" },
	{ "Conversations per label", "Percakapan per label" },
	{ "What are conversations about? One with two labels counts under both: the bars do not "
	  "add up.",
	  "Apa topik percakapan? Yang berlabel dua dihitung pada keduanya: batangnya tidak dapat "
	  "dijumlahkan." },
	{ "Labels used together", "Label yang dipakai bersama" },
	{ "Which topics come together?", "Topik mana yang muncul bersama?" },
	{ "Conversations of new and returning contacts per week",
	  "Percakapan kontak baru dan kontak lama per pekan" },
	{ "How many come from people who wrote before?",
	  "Berapa yang datang dari orang yang pernah menulis?" },
	{ "Resolution time per week, and how many it is of",
	  "Waktu penyelesaian per pekan, dan dari berapa penyelesaian" },
	{ "How many of the resolutions do those hours stand for, and how many were left out?",
	  "Berapa penyelesaian yang diwakili jam-jam itu, dan berapa yang tidak ikut?" },
	{ "**Created** counts conversations by the day they came in; **resolved** and **reopened** "
	  "count every "
	  "change. Days are those of the workspace. *Data freshness* says how complete all this "
	  "is.",
	  "**Masuk** menghitung percakapan menurut hari masuknya; **selesai** dan **dibuka "
	  "kembali** menghitung "
	  "setiap perubahan. Harinya adalah hari ruang kerja. *Kemutakhiran data* menyebut "
	  "seberapa lengkap semua "
	  "ini." },

	/* ---- workload ---- */
	{ "Unassigned now", "Tanpa agen saat ini" },
	{ "Is anything waiting for an owner? Open and pending.",
	  "Adakah yang menunggu agen? Terbuka dan menunggu pelanggan." },
	{ "Oldest unassigned (hours)", "Tertua tanpa agen (jam)" },
	{ "How long has the oldest waited?", "Berapa lama yang tertua menunggu?" },
	{ "Active conversations assigned", "Percakapan aktif dan ditugaskan" },
	{ "How much does the team carry now? Open and pending.",
	  "Berapa banyak yang ditangani tim saat ini? Terbuka dan menunggu pelanggan." },
	{ "Active per agent (median)", "Aktif per agen (median)" },
	{ "How much does one agent typically carry now?",
	  "Berapa banyak yang lazimnya ditangani satu agen?" },
	{ "Workload now by agent", "Beban kerja saat ini per agen" },
	{ "Who carries how much right now?", "Siapa menangani berapa banyak saat ini?" },
	{ "Oldest unresolved conversations", "Percakapan tertua yang belum selesai" },
	{ "What should be picked up first?", "Mana yang sebaiknya diambil lebih dulu?" },
	{ "Who did what in the period? Resolutions count for whoever was assigned.",
	  "Siapa mengerjakan apa pada periode ini? Penyelesaian dihitung untuk agen yang "
	  "ditugaskan." },
	{ "Average concurrent conversations per agent", "Rata-rata percakapan bersamaan per agen" },
	{ "How many at a time does each agent carry? The last day is not over.",
	  "Berapa percakapan yang ditangani tiap agen pada saat yang sama? Hari terakhir belum "
	  "berakhir." },
	{ "Resolved per agent and day", "Selesai per agen dan hari" },
	{ "What does each agent get done? The last day is not over.",
	  "Berapa yang diselesaikan tiap agen? Hari terakhir belum berakhir." },
	{ "Unassigned backlog at the end of each day", "Percakapan tanpa agen pada akhir hari" },
	{ "Do conversations stay without an owner overnight? Open and pending.",
	  "Apakah ada percakapan yang bermalam tanpa agen? Terbuka dan menunggu pelanggan." },
	{ "Time to first assignment (hours, median and 90th percentile)",
	  "Waktu sampai penugasan pertama (jam, median dan persentil ke-90)" },
	{ "How fast is work handed out? One that waits took longer than any other: where too many "
	  "wait, nothing is "
	  "said yet.",
	  "Seberapa cepat pekerjaan dibagikan? Yang masih menunggu dianggap lebih lama daripada "
	  "semua yang lain: "
	  "bila terlalu banyak yang menunggu, angkanya belum disebut." },
	{ "Handoffs between agents", "Pengalihan antaragen" },
	{ "Who passes work to whom?", "Siapa mengalihkan pekerjaan kepada siapa?" },
	{ "Resolution time by agent (hours, per cycle)",
	  "Waktu penyelesaian per agen (jam, per siklus)" },
	{ "How long do resolutions take per agent, and do they hold? Of those that are a week old "
	  "it is known.",
	  "Berapa lama penyelesaian tiap agen, dan apakah bertahan? Diketahui dari yang sudah "
	  "sepekan." },
	{ "Targets met and breached", "Target tercapai dan terlewat" },
	{ "Do we meet our targets? Those that run still are not judged yet.",
	  "Apakah target kita tercapai? Yang masih berjalan belum dinilai." },
	{ "Targets by agent", "Target per agen" },
	{ "Who meets the targets? Whoever had it when it was done; while it is not done, whoever "
	  "has it now.",
	  "Siapa yang mencapai target? Agen yang memegangnya saat tercapai; selama belum, agen "
	  "yang memegangnya "
	  "kini." },
	{ "**Active** is open and pending. What is resolved counts for whoever was assigned then. "
	  "Averages and "
	  "peaks are of conversations carried at the same time.",
	  "**Aktif** adalah terbuka dan menunggu pelanggan. Yang selesai dihitung untuk agen yang "
	  "ditugaskan saat "
	  "itu. Rata-rata dan puncak adalah percakapan yang ditangani bersamaan." },

	/* ---- freshness ---- */
	{ "Minutes behind", "Tertinggal (menit)" },
	{ "Can I trust \"now\"? Of several workspaces the one that is furthest behind.",
	  "Dapatkah \"saat ini\" dipercaya? Dari beberapa ruang kerja, yang paling tertinggal." },
	{ "Data complete up to", "Data lengkap sampai" },
	{ "Up to when is every change in the data?",
	  "Sampai kapan setiap perubahan ada di dalam data?" },
	{ "Failed runs, last 24 hours", "Proses gagal, 24 jam terakhir" },
	{ "Is the sync healthy?", "Apakah sinkronisasinya sehat?" },
	{ "Unknown statuses", "Status tak dikenal" },
	{ "Did the API send a status that nobody knows?",
	  "Apakah API mengirim status yang tidak dikenal?" },
	{ "Run duration (seconds)", "Lama proses (detik)" },
	{ "Is the sync slowing down? The last seven days.",
	  "Apakah sinkronisasinya melambat? Tujuh hari terakhir." },
	{ "Rows per hour", "Baris per jam" },
	{ "How much is coming in? The last seven days.",
	  "Berapa banyak yang masuk? Tujuh hari terakhir." },
	{ "API throttling and errors per hour", "Pembatasan dan galat API per jam" },
	{ "Are we hitting the API's limits? The last seven days.",
	  "Apakah kita menyentuh batas API? Tujuh hari terakhir." },
	{ "Timing precision of changes per day (minutes)",
	  "Ketelitian waktu perubahan per hari (menit)" },
	{ "How exact are the times of changes? The last thirty days.",
	  "Seberapa teliti waktu perubahannya? Tiga puluh hari terakhir." },
	{ "Coverage", "Cakupan" },
	{ "From when is history known, and which days are still being calculated?",
	  "Sejak kapan riwayat diketahui, dan hari mana yang masih dihitung?" },
	{ "What happened in each run?", "Apa yang terjadi pada tiap proses?" },
	{ "Ages and workloads are measured up to the instant to which the data is complete, never "
	  "to now: when the "
	  "sync stands still, so do the numbers.",
	  "Umur dan beban kerja diukur sampai saat datanya lengkap, tidak pernah sampai sekarang: "
	  "bila "
	  "sinkronisasinya berhenti, angkanya pun berhenti." },

	/* ---- replies ---- */
	{ "How fast customers are answered, and who waits now. Names of staff: keep this "
	  "collection to managers.",
	  "Seberapa cepat pelanggan dibalas, dan siapa yang menunggu sekarang. Ada nama staf: "
	  "koleksi ini hanya untuk manajer." },
	{ "Team", "Tim" },
	{ "Of how many conversations are the messages read? Figures cover those; days between the "
	  "two last columns are whole.",
	  "Pesan dari berapa percakapan yang sudah terbaca? Angka mencakup yang itu; hari di "
	  "antara dua kolom terakhir sudah utuh." },
	{ "First reply (minutes, median)", "Balasan pertama (menit, median)" },
	{ "How long until somebody answers a new customer? Half of them waited no longer. In "
	  "business hours.",
	  "Berapa lama sampai pelanggan baru dibalas? Separuhnya tidak lebih lama dari itu. Dalam "
	  "jam kerja." },
	{ "First reply (minutes, 9 of 10)", "Balasan pertama (menit, 9 dari 10)" },
	{ "Within how many minutes did nine of ten new customers have an answer? In business "
	  "hours.",
	  "Dalam berapa menit sembilan dari sepuluh pelanggan baru dibalas? Dalam jam kerja." },
	{ "Next reply (minutes, median)", "Balasan berikutnya (menit, median)" },
	{ "How long until somebody answers a customer who wrote before? In business hours.",
	  "Berapa lama sampai pelanggan yang sudah pernah menulis dibalas? Dalam jam kerja." },
	{ "Next reply (minutes, 9 of 10)", "Balasan berikutnya (menit, 9 dari 10)" },
	{ "Within how many minutes did nine of ten of these have an answer? In business hours.",
	  "Dalam berapa menit sembilan dari sepuluh di antaranya dibalas? Dalam jam kerja." },
	{ "Waiting now", "Menunggu saat ini" },
	{ "How many customers wait for an answer right now?",
	  "Berapa pelanggan yang menunggu balasan saat ini?" },
	{ "Who should be answered first? Nobody has answered. Counted up to when the messages are "
	  "known.",
	  "Siapa yang perlu dibalas lebih dulu? Belum ada yang membalas. Dihitung sampai pesannya "
	  "diketahui." },
	{ "Do we answer faster or slower? In business hours. A day that is not fully read, or not "
	  "over, has a broken line.",
	  "Apakah kita membalas lebih cepat atau lebih lambat? Dalam jam kerja. Hari yang belum "
	  "terbaca semua, atau belum berakhir, bergaris putus-putus." },
	{ "Where do customers wait? A turn is what a customer writes until somebody answers, an "
	  "agent or a bot.",
	  "Di kanal mana pelanggan menunggu? Satu giliran adalah yang ditulis pelanggan sampai ada "
	  "yang membalas, agen atau bot." },
	{ "Replies by team", "Balasan per tim" },
	{ "Which team has too much? The team that has the conversation now.",
	  "Tim mana yang terlalu banyak? Tim yang memegang percakapannya sekarang." },
	{ "How fast does each agent answer? Whoever wrote the answer, not whoever was assigned; "
	  "bots together.",
	  "Seberapa cepat tiap agen membalas? Yang menulis balasan, bukan yang ditugaskan; bot "
	  "dijadikan satu." },
	{ "At which hours do customers wait long? Minutes on the clock, nights included, by the "
	  "hour of the question.",
	  "Pada jam berapa pelanggan menunggu lama? Menit menurut jam dinding, malam termasuk, "
	  "menurut jam pertanyaan." },
	{ "Targets of replies met and breached", "Target balasan yang tercapai dan terlewat" },
	{ "Do we keep the targets of first and next replies? Those that run still are not judged "
	  "yet.",
	  "Apakah target balasan pertama dan berikutnya tercapai? Yang masih berjalan belum "
	  "dinilai." },
	{ "Figures are made of messages: who wrote when, never the text. Only turns that were "
	  "answered have a time; one that waits is in **Waiting now**. Medians are over turns, not "
	  "over days.",
	  "Angka dibuat dari pesan: siapa menulis kapan, tidak pernah isinya. Hanya giliran yang "
	  "dibalas yang punya waktu; yang menunggu ada di **Menunggu saat ini**. Median dihitung "
	  "dari giliran, bukan dari hari." },
	{ "(no team)", "(tanpa tim)" },
	{ "yes", "ya" },
	{ "no", "tidak" },
};

const char *card_text_get(enum lang lang, const char *english)
{
	const char *text;

	if (lang == LANG_EN)
		return english;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].english, english) == 0)
			return words[i].indonesian;
	text = report_text_translated(lang, english);
	return text ? text : english;
}

/* Columns: those of a page, under another name there ("=agent"), and those that only cards have. */
static const struct {
	const char *name, *title;
} columns[] = {
	{ "agent_name", "=agent" },
	{ "assignee_name", "=agent" },
	{ "from_agent", "dari agen" },
	{ "to_agent", "ke agen" },
	{ "channel_name", "=channel" },
	{ "label_name", "=label" },
	{ "label_a", "label pertama" },
	{ "label_b", "label kedua" },
	{ "label_list", "=labels" },
	{ "workspace_name", "=workspace" },
	{ "created_day", "hari masuk" },
	{ "occurred_day", "=day" },
	{ "week_begins", "pekan mulai" },
	{ "day_of_week", "=weekday" },
	{ "hour_of_day", "jam" },
	{ "hour", "jam" },
	{ "hours", "jam" },
	{ "minutes", "menit" },
	{ "id", "nomor" },
	{ "open_count", "=open" },
	{ "pending_count", "=pending" },
	{ "snoozed_count", "=snoozed" },
	{ "resolved_count", "=resolved" },
	{ "reopen_count", "=reopened" },
	{ "conversation_count", "=conversations" },
	{ "rejected_item_count", "=rejected" },
	{ "created_so_far", "masuk, hari belum berakhir" },
	{ "resolved_so_far", "selesai, hari belum berakhir" },
	{ "reopened_so_far", "dibuka kembali, hari belum berakhir" },
	{ "new", "kontak baru" },
	{ "returning", "kontak lama" },
	{ "age_bucket", "umur" },
	{ "hours_in_status", "jam dalam status" },
	{ "assigned_in", "=given" },
	{ "conversation_hours", "=active_hours" },
	{ "average_concurrent", "=average" },
	{ "peak_concurrent", "=peak" },
	{ "handoffs", "pengalihan" },
	{ "resolutions", "penyelesaian" },
	{ "timed", "dapat diukur" },
	{ "beginning_unknown", "awalnya tidak diketahui" },
	{ "estimated", "waktunya perkiraan" },
	{ "median_hours", "median (jam)" },
	{ "p90_hours", "persentil ke-90 (jam)" },
	{ "median_business_hours", "median (jam kerja)" },
	{ "reopened_7d_rate", "porsi dibuka kembali dalam 7 hari" },
	{ "assigned", "ditugaskan" },
	{ "waiting", "masih menunggu" },
	{ "resolved_unassigned", "selesai tanpa agen" },
	{ "unassigned", "=unassigned" },
	{ "median_minutes", "median (menit)" },
	{ "p95_minutes", "persentil ke-95 (menit)" },
	{ "metric", "target" },
	{ "result", "hasil" },
	{ "met", "tercapai" },
	{ "breached", "terlewat" },
	{ "running", "berjalan" },
	{ "met_rate", "porsi tercapai" },
	{ "counted", "yang dapat dihitung" },
	{ "history_started_at", "riwayat sejak" },
	{ "reporting_timezone", "zona waktu" },
	{ "duration_seconds", "lama (detik)" },
	{ "strategy", "cara" },
	{ "error_class", "jenis galat" },
	{ "conversations_seen", "percakapan terlihat" },
	{ "conversations_new", "percakapan baru" },
	{ "conversations_changed", "percakapan berubah" },
	{ "deletions_seen", "penghapusan" },
	{ "api_requests", "=requests" },
	{ "api_throttled", "dibatasi API" },
	{ "api_errors", "galat API" },
	{ "seen", "terlihat" },
	{ "throttled", "dibatasi" },
	{ "errors", "galat" },
	{ "failed", "gagal" },
	{ "statuses", "status" },
	{ "read_rate", "porsi terbaca" },
	{ "next_reply_p90_minutes", "balasan berikutnya, 9 dari 10" },
	{ "waiting_minutes", "menunggu (menit)" },
	{ "waiting_business_minutes", "menunggu (menit jam kerja)" },
	{ "first_question", "pertanyaan pertama" },
	{ "first_reply_partly", "balasan pertama, belum terbaca semua" },
	{ "first_reply_p90_partly", "balasan pertama 9 dari 10, belum terbaca semua" },
	{ "next_reply_partly", "balasan berikutnya, belum terbaca semua" },
};

const char *card_text_column(enum lang lang, const char *name)
{
	if (lang == LANG_EN)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (strcmp(columns[i].name, name) == 0)
			return columns[i].title[0] == '='
				       ? report_text_of(lang, "col_", columns[i].title + 1)
				       : columns[i].title;
	return report_text_of(lang, "col_", name);
}
