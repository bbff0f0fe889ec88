/* SPDX-License-Identifier: MIT */
#include "report_text.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *key, *text[2];
} words[] = {
	/* ---- the page ---- */
	{ "title_volume", { "Conversation volume", "Volume percakapan" } },
	{ "title_workload", { "Agent workload", "Beban kerja agen" } },
	{ "title_replies", { "Replies to customers", "Balasan kepada pelanggan" } },
	{ "title_backlog", { "Backlog", "Percakapan yang belum selesai" } },
	{ "title_freshness", { "How current the data is", "Kemutakhiran data" } },
	{ "title_conversations", { "Conversations", "Percakapan" } },
	{ "only", { "Only:", "Hanya:" } },
	{ "also", { "On this page", "Di halaman ini" } },
	{ "workspace_label", { "Workspace", "Ruang kerja" } },
	{ "complete", { "Complete as of", "Lengkap sampai" } },
	{ "incomplete",
	  { "Not known to be complete at any time.",
	    "Belum diketahui lengkap sampai kapan pun." } },
	{ "since", { "since", "sejak" } },
	{ "proof_loading", { "The first load has not ended", "Pemuatan pertama belum selesai" } },
	{ "proof_unproven",
	  { "Loaded, and not proven complete", "Sudah dimuat, tetapi belum terbukti lengkap" } },
	{ "proof_demoted", { "No longer proven complete", "Tidak lagi terbukti lengkap" } },
	{ "proof_rejected",
	  { "Complete only up to the time below", "Lengkap hanya sampai waktu di bawah ini" } },
	{ "proof_differs",
	  { "The counts differ from those of Sahut", "Jumlahnya berbeda dari yang ada di Sahut" } },
	{ "proof_excepted", { "Complete, but for", "Lengkap, kecuali" } },
	{ "proof_holding", { "items that could not be loaded", "butir yang tidak dapat dimuat" } },
	{ "proof_accepted",
	  { "items that could not be loaded, which was accepted",
	    "butir yang tidak dapat dimuat, dan itu sudah diterima" } },
	{ "proof_unlisted",
	  { "conversations that stand in no list, as they were last seen",
	    "percakapan yang tidak ada di daftar mana pun, seperti terakhir terlihat" } },
	{ "proof_disputed",
	  { "conversations that the API calls gone, which is not believed",
	    "percakapan yang menurut API sudah hilang, yang belum dipercaya" } },
	{ "proof_beyond",
	  { "conversations that lie too deep in the list to be read",
	    "percakapan yang terlalu dalam di daftar untuk dibaca" } },
	{ "why_short", { "the list changes while it is read", "daftarnya berubah selagi dibaca" } },
	{ "why_lost", { "the list made no sense", "daftarnya tidak masuk akal" } },
	{ "why_undated",
	  { "the API does not say at what time it answers",
	    "API tidak menyebut waktu jawabannya" } },
	{ "why_cut",
	  { "the list goes on where its total says that it ends",
	    "daftarnya berlanjut melewati jumlah yang disebutnya" } },
	{ "why_parts",
	  { "its statuses add up to more than the whole list",
	    "jumlah per status melebihi jumlah seluruh daftar" } },
	{ "why_unlisted",
	  { "some conversations stand in no list",
	    "sebagian percakapan tidak ada di daftar mana pun" } },
	{ "why_untold",
	  { "the list does not say how many there are",
	    "daftarnya tidak menyebut berapa jumlahnya" } },
	{ "why_deep",
	  { "a part of the list lies deeper than its pages go",
	    "sebagian daftar lebih dalam daripada halamannya" } },
	{ "why_order",
	  { "the list does not stand in the order that was relied on",
	    "urutan daftarnya tidak seperti yang diandalkan" } },
	{ "counted_loading",
	  { "The figures are partial: nothing can be counted yet.",
	    "Angka-angka ini baru sebagian: belum ada yang dapat dihitung." } },
	{ "counted_unproven",
	  { "The figures are a lower bound: conversations may be missing or not up to date.",
	    "Angka-angka ini batas bawah: mungkin ada percakapan yang belum masuk atau belum "
	    "mutakhir." } },
	{ "counted_demoted",
	  { "Days up to the time below count; those after it are a lower bound.",
	    "Hari sampai waktu di bawah ini dapat dihitung; sesudahnya hanya batas bawah." } },
	{ "counted_rejected",
	  { "Days up to then count; those after it lack these items.",
	    "Hari sampai saat itu dapat dihitung; sesudahnya tanpa butir itu." } },
	{ "counted_differs",
	  { "Days up to the time below count, but for a few conversations: most often deleted "
	    "ones.",
	    "Hari sampai waktu di bawah ini dapat dihitung, kecuali beberapa percakapan: biasanya "
	    "yang "
	    "sudah dihapus." } },
	{ "counted_excepted",
	  { "All days up to the time below count.",
	    "Semua hari sampai waktu di bawah ini dapat dihitung." } },
	{ "active", { "Unresolved conversations as of", "Percakapan yang belum selesai per" } },
	{ "stale_before", { "The data is", "Data tertinggal" } },
	{ "stale_after",
	  { "behind. Figures for the time since are missing; look at the daemon: "
	    "sahut-etl status.",
	    ". Angka untuk waktu sesudahnya belum ada; periksa daemon: sahut-etl status." } },
	{ "history",
	  { "Resolutions, reopenings, backlog and workload are known from",
	    "Penyelesaian, pembukaan kembali, percakapan yang belum selesai, dan beban kerja "
	    "diketahui sejak" } },
	{ "agents_from",
	  { "No numbers of single agents are kept of days before",
	    "Angka per agen tidak disimpan untuk hari sebelum" } },
	{ "dirty", { "Days that are still being recalculated", "Hari yang masih dihitung ulang" } },
	{ "late", { "they cannot be computed since", "tidak dapat dihitung sejak" } },
	{ "changed",
	  { "Numbers of past days are others than on", "Angka hari-hari lalu berubah sejak" } },
	{ "changed_created", { "created", "masuk" } },
	{ "changed_resolved", { "resolved", "selesai" } },
	{ "changed_reopened", { "reopened", "dibuka kembali" } },
	{ "changed_unresolved", { "unresolved", "belum selesai" } },
	{ "changed_channels", { "moved between channels:", "berpindah kanal:" } },
	{ "changed_labels", { "labels that count otherwise:", "label yang berubah:" } },
	{ "changed_more", { "further days:", "hari lain:" } },
	{ "changed_why",
	  { "Conversations were seen late, deleted, relabelled or moved to another channel, or the "
	    "hours are others.",
	    "Ada percakapan yang terlambat terlihat, dihapus, diganti label, atau pindah kanal, "
	    "atau jam kerja diubah." } },
	{ "period", { "Period", "Periode" } },
	{ "until", { "to", "s.d." } },
	{ "made", { "Made by", "Dibuat oleh" } },
	{ "numbers", { "The numbers", "Angka-angkanya" } },
	{ "nothing", { "Nothing in this period.", "Tidak ada data pada periode ini." } },
	{ "before", { "in the period before", "pada periode sebelumnya" } },
	{ "whole_before",
	  { "in the period before, all of it", "pada seluruh periode sebelumnya" } },
	{ "before_unresolved_now",
	  { "at the end of the period before", "di akhir periode sebelumnya" } },
	{ "before_unassigned",
	  { "at the end of the period before", "di akhir periode sebelumnya" } },
	{ "before_over_7d", { "at the end of the period before", "di akhir periode sebelumnya" } },
	{ "before_oldest_hours",
	  { "at the end of the period before", "di akhir periode sebelumnya" } },
	{ "before_active", { "at the end of the period before", "di akhir periode sebelumnya" } },
	{ "before_median_active",
	  { "at the end of the period before", "di akhir periode sebelumnya" } },
	{ "before_unassigned_active",
	  { "at the end of the period before", "di akhir periode sebelumnya" } },
	{ "before_oldest_unassigned_hours",
	  { "at the end of the period before", "di akhir periode sebelumnya" } },
	{ "no_workspace",
	  { "No workspace has been loaded yet.", "Belum ada ruang kerja yang dimuat." } },

	/* ---- the panels: titles, and notes ---- */
	{ "panel_volume_days",
	  { "Created, resolved and reopened per day",
	    "Masuk, selesai, dan dibuka kembali per hari" } },
	{ "note_volume_days",
	  { "Do we keep up with new conversations? A conversation that is resolved twice counts "
	    "twice. The last day goes as far as the data does.",
	    "Apakah kita mengimbangi yang masuk? Percakapan yang diselesaikan dua kali dihitung "
	    "dua kali. Hari terakhir hanya sejauh datanya." } },
	{ "panel_volume_channels", { "Created per day and channel", "Masuk per hari dan kanal" } },
	{ "note_volume_channels",
	  { "Which channel brings the work? The busiest ones by name, all others together.",
	    "Kanal mana yang paling ramai? Yang tersibuk disebut namanya, sisanya digabung." } },
	{ "panel_volume_hours", { "When conversations come in", "Kapan percakapan masuk" } },
	{ "note_volume_hours",
	  { "Conversations created in each hour of the week, over the whole period. A weekday that "
	    "it has five times adds up five days, another one four.",
	    "Percakapan yang masuk pada tiap jam dalam sepekan, selama periode ini. Hari yang ada "
	    "lima kali menjumlahkan lima hari, hari lain empat." } },
	{ "panel_volume_totals", { "Channels in the period", "Kanal pada periode ini" } },
	{ "note_volume_totals",
	  { "Half of the first resolutions took no longer, from creation on. Conversations older "
	    "than the first load cannot be timed and are counted beside. Reopened is a share of "
	    "resolved.",
	    "Separuh penyelesaian pertama tidak lebih lama dari itu, sejak percakapan masuk. "
	    "Percakapan yang lebih tua daripada pemuatan pertama tidak dapat diukur dan dihitung "
	    "di "
	    "sampingnya. Yang dibuka kembali adalah porsi terhadap yang selesai." } },
	{ "panel_volume_labels", { "Subjects of conversations", "Topik percakapan" } },
	{ "note_volume_labels",
	  { "Conversations created in the period, by the labels they carry now. One with two "
	    "labels counts under both, so the numbers do not add up.",
	    "Percakapan yang masuk pada periode ini menurut label yang kini melekat. Yang berlabel "
	    "dua dihitung pada keduanya, jadi angkanya tidak dapat dijumlahkan." } },
	{ "panel_workload_now",
	  { "Who carries how much now", "Siapa menangani berapa banyak saat ini" } },
	{ "note_workload_now",
	  { "Conversations that are not resolved, by the agent they are assigned to.",
	    "Percakapan yang belum selesai menurut agen yang ditugaskan." } },
	{ "panel_workload_agents", { "Agents in the period", "Agen pada periode ini" } },
	{ "note_workload_agents",
	  { "Resolutions count for the assigned agent, not for the one who clicked. Average and "
	    "peak are conversations carried at the same time, open or pending.",
	    "Penyelesaian dihitung untuk agen yang ditugaskan, bukan yang menekan tombol. "
	    "Rata-rata dan puncak adalah percakapan aktif yang dipegang "
	    "bersamaan." } },
	{ "panel_workload_hours",
	  { "When work reaches agents", "Kapan percakapan sampai ke agen" } },
	{ "note_workload_hours",
	  { "Conversations that each agent was given at that hour of the day, in the whole period; "
	    "without those whose time may be off by more than half an hour. Whether the agent was "
	    "there, nobody can tell from this.",
	    "Percakapan yang diterima tiap agen pada jam itu, selama periode ini; tanpa yang "
	    "waktunya "
	    "bisa meleset lebih dari setengah jam. Apakah agennya sedang hadir tidak dapat "
	    "diketahui "
	    "dari sini." } },
	{ "panel_backlog_days",
	  { "Backlog at the end of each day", "Percakapan yang belum selesai pada akhir hari" } },
	{ "note_backlog_days",
	  { "Does work pile up? Conversations that were not resolved at midnight, by status; "
	    "today, "
	    "those of now.",
	    "Apakah pekerjaan menumpuk? Percakapan yang belum selesai pada tengah malam, menurut "
	    "status; hari ini, sampai saat ini." } },
	{ "panel_backlog_ages", { "Age of the backlog", "Umur percakapan yang belum selesai" } },
	{ "note_backlog_ages",
	  { "The same conversations, by the time since they were created.",
	    "Percakapan yang sama menurut lamanya sejak masuk." } },
	{ "panel_backlog_channels",
	  { "Backlog by channel now", "Belum selesai per kanal saat ini" } },
	{ "note_backlog_channels",
	  { "Where do customers wait? By the time since the conversation was created.",
	    "Di kanal mana pelanggan menunggu? Menurut lamanya sejak percakapan masuk." } },
	{ "panel_backlog_waiting",
	  { "Open conversations that wait longest",
	    "Percakapan terbuka yang paling lama menunggu" } },
	{ "note_backlog_waiting",
	  { "Open: the customer waits for us. Waiting is counted since the conversation became "
	    "open.",
	    "Terbuka: pelanggan menunggu kita. Waktu tunggu dihitung sejak percakapan "
	    "terbuka." } },
	{ "unknown_replies",
	  { "First reply and reply times are not known: no messages of this workspace are read "
	    "(\"messages\" in the configuration). How satisfied customers are, and whether an "
	    "agent "
	    "was there, is not known either: the API does not tell.",
	    "Balasan pertama dan waktu balas tidak diketahui: pesan ruang kerja ini tidak dibaca "
	    "(\"messages\" pada konfigurasi). Kepuasan pelanggan, dan apakah agen sedang hadir, "
	    "juga "
	    "tidak diketahui: API tidak memberitahukannya." } },
	{ "panel_replies_known", { "How much of it is known", "Sejauh mana ini diketahui" } },
	{ "note_replies_known",
	  { "Messages are read conversation by conversation. Figures cover those that were read; "
	    "days between the two last columns are whole. How satisfied customers are, the API "
	    "does not tell.",
	    "Pesan dibaca per percakapan. Angka mencakup yang sudah dibaca; hari di antara dua "
	    "kolom terakhir sudah utuh. Kepuasan pelanggan tidak diberitahukan oleh API." } },
	{ "panel_replies_days",
	  { "Minutes to the reply per day", "Menit sampai dibalas per hari" } },
	{ "note_replies_days",
	  { "Of the customers' turns that began that day, in business hours of the channel: half "
	    "of the "
	    "answers, and nine of ten, came within so many minutes. A day without a mark is not "
	    "fully read, or not over.",
	    "Dari giliran pelanggan yang mulai hari itu, dalam jam kerja kanal: separuh balasan, "
	    "dan "
	    "sembilan dari sepuluh, datang dalam sekian menit. Hari tanpa tanda belum terbaca "
	    "semua, "
	    "atau belum selesai." } },
	{ "panel_replies_hours",
	  { "Minutes to the reply by the hour of the question",
	    "Menit sampai dibalas menurut jam pertanyaan" } },
	{ "note_replies_hours",
	  { "Minutes on the clock, nights included: half of the answers came within so many.",
	    "Menit menurut jam dinding, malam termasuk: separuh balasan datang dalam sekian "
	    "menit." } },
	{ "panel_replies_channels", { "Replies by channel", "Balasan per kanal" } },
	{ "note_replies_channels",
	  { "A turn is what a customer writes until somebody answers, an agent or a bot. In "
	    "business "
	    "hours.",
	    "Satu giliran adalah yang ditulis pelanggan sampai ada yang membalas, agen atau bot. "
	    "Dalam jam kerja." } },
	{ "panel_replies_agents", { "Replies by agent", "Balasan per agen" } },
	{ "note_replies_agents",
	  { "Whoever wrote the answer, not whoever was assigned. In business hours.",
	    "Yang menulis balasan, bukan yang ditugaskan. Dalam jam kerja." } },
	{ "panel_replies_waiting",
	  { "Customers who wait longest", "Pelanggan yang paling lama menunggu" } },
	{ "note_replies_waiting",
	  { "Nobody has answered, and the conversation is not resolved. Counted up to when its "
	    "messages "
	    "are known.",
	    "Belum ada yang membalas, dan percakapannya belum selesai. Dihitung sampai pesannya "
	    "diketahui." } },
	{ "panel_freshness_now", { "How far each workspace is", "Sejauh mana tiap ruang kerja" } },
	{ "note_freshness_now",
	  { "All changes up to \"complete as of\" are in these numbers, and of unresolved "
	    "conversations all up to \"active as of\".",
	    "Semua perubahan sampai \"lengkap sampai\" sudah masuk; untuk percakapan yang belum "
	    "selesai, sampai \"aktif per\"." } },
	{ "panel_freshness_days", { "API requests per day", "Permintaan API per hari" } },
	{ "note_freshness_days",
	  { "Requests to the API, by purpose.", "Permintaan ke API menurut tujuannya." } },
	{ "panel_freshness_runs", { "Last runs", "Proses terakhir" } },
	{ "note_freshness_runs",
	  { "Each time that the program asked Sahut, and the changes that it found.",
	    "Setiap kali program bertanya ke Sahut, dan perubahan yang ditemukannya." } },

	/* ---- the sheets of a workbook ---- */
	{ "sheet_about", { "About", "Tentang" } },
	{ "sheet_changes", { "Changed days", "Hari yang berubah" } },
	{ "sheet_data", { "Data", "Data" } },
	{ "sheet_list", { "Conversations", "Percakapan" } },
	{ "sheet_volume_tiles", { "Summary", "Ringkasan" } },
	{ "sheet_volume_days", { "Days", "Per hari" } },
	{ "sheet_volume_channels", { "Days and channels", "Per hari dan kanal" } },
	{ "sheet_volume_hours", { "Hours of the week", "Jam dalam sepekan" } },
	{ "sheet_volume_totals", { "Channels", "Kanal" } },
	{ "sheet_volume_labels", { "Labels", "Label" } },
	{ "sheet_workload_tiles", { "Summary", "Ringkasan" } },
	{ "sheet_workload_now", { "Now", "Saat ini" } },
	{ "sheet_workload_hours", { "Hours of the day", "Jam dalam sehari" } },
	{ "sheet_workload_agents", { "Agents", "Agen" } },
	{ "sheet_backlog_tiles", { "Summary", "Ringkasan" } },
	{ "sheet_backlog_days", { "Days", "Per hari" } },
	{ "sheet_backlog_ages", { "Ages", "Umur" } },
	{ "sheet_backlog_channels", { "Channels", "Kanal" } },
	{ "sheet_backlog_waiting", { "Waiting longest", "Paling lama menunggu" } },
	{ "sheet_freshness_now", { "Now", "Saat ini" } },
	{ "sheet_freshness_days", { "Requests", "Permintaan" } },
	{ "sheet_freshness_runs", { "Runs", "Proses" } },

	/* ---- columns ---- */
	{ "col_workspace", { "workspace", "ruang kerja" } },
	{ "col_day", { "day", "hari" } },
	{ "col_weekday", { "weekday", "hari" } },
	{ "col_created", { "created", "masuk" } },
	{ "col_resolved", { "resolved", "selesai" } },
	{ "col_reopened", { "reopened", "dibuka kembali" } },
	{ "col_reopen_rate", { "reopen rate", "porsi dibuka kembali" } },
	{ "col_unresolved", { "unresolved", "belum selesai" } },
	{ "col_unresolved_now", { "unresolved now", "belum selesai saat ini" } },
	{ "col_first_resolution_hours",
	  { "first resolution, median", "penyelesaian pertama, median" } },
	{ "col_resolved_untimed",
	  { "resolved, beginning unknown", "selesai, awalnya tidak diketahui" } },
	{ "col_turns", { "customers' turns", "giliran pelanggan" } },
	{ "col_answered", { "answered", "dibalas" } },
	{ "col_first_replies", { "first replies", "balasan pertama" } },
	{ "col_first_reply_seconds", { "first reply, median", "balasan pertama, median" } },
	{ "col_first_reply_p90_seconds", { "first reply, 9 of 10", "balasan pertama, 9 dari 10" } },
	{ "col_next_reply_seconds", { "next reply, median", "balasan berikutnya, median" } },
	{ "col_next_reply_p90_seconds",
	  { "next reply, 9 of 10", "balasan berikutnya, 9 dari 10" } },
	{ "col_first_reply_minutes", { "first reply, median", "balasan pertama, median" } },
	{ "col_first_reply_p90_minutes", { "first reply, 9 of 10", "balasan pertama, 9 dari 10" } },
	{ "col_next_reply_minutes", { "next reply, median", "balasan berikutnya, median" } },
	{ "col_reply_minutes", { "minutes", "menit" } },
	{ "col_waiting", { "waiting", "menunggu" } },
	{ "col_waiting_now", { "waiting now", "menunggu saat ini" } },
	{ "col_waiting_seconds", { "waiting", "menunggu" } },
	{ "col_waiting_business_seconds", { "in business hours", "dalam jam kerja" } },
	{ "col_customer_messages", { "messages", "pesan" } },
	{ "col_known_at", { "known up to", "diketahui sampai" } },
	{ "col_unread", { "conversations unread", "percakapan belum terbaca" } },
	{ "col_fully_read", { "fully read", "terbaca semua" } },
	{ "col_conversations_read", { "conversations read", "percakapan terbaca" } },
	{ "col_due", { "due", "giliran dibaca" } },
	{ "col_to_come", { "to come", "masih nanti" } },
	{ "col_unresolved_read", { "unresolved, read", "belum selesai, terbaca" } },
	{ "col_without_messages", { "without messages", "tanpa pesan" } },
	{ "col_rejected_messages", { "messages not loaded", "pesan tak termuat" } },
	{ "col_whole_from_at", { "whole from", "utuh sejak" } },
	{ "col_whole_to_at", { "whole to", "utuh sampai" } },
	{ "col_channel", { "channel", "kanal" } },
	{ "col_channel_type", { "kind", "jenis" } },
	{ "col_share", { "share", "porsi" } },
	{ "col_label", { "label", "label" } },
	{ "col_agent", { "agent", "agen" } },
	{ "col_open", { "open", "terbuka" } },
	{ "col_pending", { "pending", "menunggu pelanggan" } },
	{ "col_snoozed", { "snoozed", "ditunda" } },
	{ "col_other", { "other", "lainnya" } },
	{ "col_oldest_hours", { "oldest", "tertua" } },
	{ "col_active", { "assigned and active", "aktif dan ditugaskan" } },
	{ "col_unassigned", { "unassigned", "tanpa agen" } },
	{ "col_unassigned_active", { "active, unassigned", "aktif, tanpa agen" } },
	{ "col_oldest_unassigned_hours", { "oldest unassigned", "tertua tanpa agen" } },
	{ "col_median_active", { "per agent (median)", "per agen (median)" } },
	{ "col_given", { "given", "diterima" } },
	{ "col_given_untimed", { "given, hour unknown", "diterima, jam tidak diketahui" } },
	{ "col_handed_off", { "handed off", "dialihkan" } },
	{ "col_active_hours", { "conversation hours", "jam percakapan" } },
	{ "col_average", { "average", "rata-rata" } },
	{ "col_peak", { "peak", "puncak" } },
	{ "col_under_1d", { "under 1 day", "di bawah 1 hari" } },
	{ "col_1d_to_3d", { "1 to 3 days", "1 s.d. 3 hari" } },
	{ "col_3d_to_7d", { "3 to 7 days", "3 s.d. 7 hari" } },
	{ "col_over_7d", { "over 7 days", "di atas 7 hari" } },
	{ "col_conversation", { "conversation", "percakapan" } },
	{ "col_status", { "status", "status" } },
	{ "col_waiting_hours", { "waiting", "menunggu" } },
	{ "col_age_hours", { "age", "umur" } },
	{ "col_reopens", { "reopened", "dibuka kembali" } },
	{ "col_labels", { "labels", "label" } },
	{ "col_complete_at", { "complete as of", "lengkap sampai" } },
	{ "col_active_at", { "active as of", "aktif per" } },
	{ "col_lag_hours", { "behind", "tertinggal" } },
	{ "col_unlisted", { "in no list", "di luar daftar" } },
	{ "col_too_deep", { "too deep", "terlalu dalam" } },
	{ "col_rejected", { "rejected items", "butir ditolak" } },
	{ "col_pending_days", { "days in work", "hari diproses" } },
	{ "col_conversations", { "conversations", "percakapan" } },
	{ "col_unknown_statuses", { "unknown statuses", "status tak dikenal" } },
	{ "col_failed_24h", { "failed runs, 24 h", "proses gagal, 24 jam" } },
	{ "col_last_ok_at", { "last good run", "proses baik terakhir" } },
	{ "col_kind", { "kind", "jenis" } },
	{ "col_state", { "state", "keadaan" } },
	{ "col_verdict", { "verdict", "hasil" } },
	{ "col_began_at", { "began", "mulai" } },
	{ "col_took_seconds", { "took", "lama" } },
	{ "col_requests", { "requests", "permintaan" } },
	{ "col_changed", { "changed", "berubah" } },
	{ "col_new", { "new", "baru" } },
	{ "col_from_day", { "from", "dari" } },
	{ "col_to_day", { "to", "sampai" } },
	{ "col_history_at", { "history known from", "riwayat diketahui sejak" } },
	{ "col_timezone", { "time zone", "zona waktu" } },
	{ "col_made_at", { "made at", "dibuat pada" } },
	{ "col_only", { "only", "hanya" } },
	{ "col_team", { "team", "tim" } },
	{ "col_created_at", { "created at", "masuk pada" } },
	{ "col_updated_at", { "updated at", "diperbarui pada" } },
	{ "col_first_assigned_at", { "first assigned at", "pertama ditugaskan pada" } },
	{ "col_first_resolved_at", { "first resolved at", "pertama selesai pada" } },
	{ "col_last_resolved_at", { "last resolved at", "terakhir selesai pada" } },
	{ "col_status_since_at", { "in this status since", "berstatus ini sejak" } },
	{ "col_first_assignment_seconds",
	  { "until first assignment", "hingga penugasan pertama" } },
	{ "col_first_assignment_business_seconds",
	  { "until first assignment, business hours", "hingga penugasan pertama, jam kerja" } },
	{ "col_first_resolution_seconds",
	  { "until first resolution", "hingga penyelesaian pertama" } },
	{ "col_first_resolution_business_seconds",
	  { "until first resolution, business hours", "hingga penyelesaian pertama, jam kerja" } },
	{ "col_open_seconds", { "time open", "lama terbuka" } },
	{ "col_pending_seconds", { "time pending", "lama menunggu pelanggan" } },
	{ "col_snoozed_seconds", { "time snoozed", "lama ditunda" } },
	{ "col_unassigned_seconds", { "time unassigned", "lama tanpa agen" } },
	{ "col_first_agent", { "first agent", "agen pertama" } },
	{ "col_last_agent", { "last agent", "agen terakhir" } },
	{ "col_first_team", { "first team", "tim pertama" } },
	{ "col_handovers", { "handovers", "pengalihan" } },
	{ "col_resolutions", { "resolutions", "penyelesaian" } },
	{ "col_channels", { "channels that changed", "kanal yang berubah" } },
	{ "col_since_at", { "since", "sejak" } },
	{ "col_touches", { "updates", "pembaruan" } },
	{ "col_agent_id", { "agent's id", "id agen" } },
	{ "col_assignee_id", { "agent's id", "id agen" } },
	{ "col_channel_id", { "channel's id", "id kanal" } },
	{ "col_team_id", { "team's id", "id tim" } },
	{ "col_contact_id", { "contact's id", "id kontak" } },
	{ "col_person_id", { "person's id", "id orang" } },
	{ "col_merged_into", { "merged into", "digabung ke" } },
	{ "col_history_complete", { "whole history known", "seluruh riwayat diketahui" } },
	{ "col_answered_by_bots", { "answered by bots", "dibalas bot" } },
	{ "col_complete_as_of", { "complete as of", "lengkap sampai" } },
	{ "col_active_as_of", { "active as of", "aktif per" } },
	{ "col_history_started_at", { "history known from", "riwayat diketahui sejak" } },
	{ "col_lag_minutes", { "minutes behind", "tertinggal (menit)" } },
	{ "col_rejected_items", { "rejected items", "butir ditolak" } },
	{ "col_accepted_items", { "rejected items, accepted", "butir ditolak, diterima" } },
	{ "col_failed_runs_24h", { "failed runs, 24 h", "proses gagal, 24 jam" } },
	{ "col_last_good_run", { "last good run", "proses baik terakhir" } },
	{ "col_proof", { "proof", "bukti" } },
	{ "col_may_be_counted", { "may be counted", "boleh dihitung" } },
	{ "col_exceptions", { "exceptions", "pengecualian" } },

	/* ---- where a cell is empty, and values that everybody knows ---- */
	{ "none_agent", { "(nobody)", "(tanpa agen)" } },
	{ "none_channel", { "(no channel)", "(tanpa kanal)" } },
	{ "none_channel_type", { "(unknown)", "(tidak diketahui)" } },
	{ "series_", { "(all others)", "(lainnya)" } },
	{ "status_open", { "open", "terbuka" } },
	{ "status_pending", { "pending", "menunggu pelanggan" } },
	{ "status_snoozed", { "snoozed", "ditunda" } },
	{ "status_resolved", { "resolved", "selesai" } },

	{ "kind_first_load", { "first load", "pemuatan pertama" } },
	{ "kind_incremental", { "incremental", "perubahan" } },
	{ "kind_hinted", { "hinted", "sesuai pemberitahuan" } },
	{ "kind_full", { "full", "pembacaan penuh" } },
	{ "kind_verify", { "verify", "pembandingan" } },
	{ "kind_repair", { "repair", "perbaikan" } },
	{ "kind_messages", { "messages", "pesan" } },
	{ "kind_command", { "command", "perintah" } },
	{ "state_running", { "running", "berjalan" } },
	{ "state_ok", { "good", "baik" } },
	{ "state_partial", { "stopped, goes on later", "terhenti, dilanjutkan nanti" } },
	{ "state_failed", { "failed", "gagal" } },
	{ "state_interrupted", { "interrupted", "terputus" } },
	{ "verdict_certified", { "proven complete", "terbukti lengkap" } },
	{ "verdict_complete", { "complete", "lengkap" } },
	{ "verdict_active",
	  { "complete for what is not resolved", "lengkap untuk yang belum selesai" } },
	{ "verdict_uncertified", { "not proven", "belum terbukti" } },
	{ "verdict_lost", { "the list made no sense", "daftarnya tidak masuk akal" } },
	{ "verdict_demoted", { "no longer proven", "tidak lagi terbukti" } },
	{ "verdict_unexplained", { "a difference is not explained", "ada selisih tanpa sebab" } },
	{ "verdict_rejected",
	  { "items could not be loaded", "ada butir yang tidak dapat dimuat" } },
	{ "verdict_misshapen", { "a page was none", "ada halaman yang rusak" } },
	{ "verdict_equal", { "equal", "sama" } },
	{ "verdict_different", { "different", "berbeda" } },
	{ "verdict_read", { "read", "terbaca" } },

	/* ---- times ---- */
	{ "weekday_1", { "Mon", "Sen" } },
	{ "weekday_2", { "Tue", "Sel" } },
	{ "weekday_3", { "Wed", "Rab" } },
	{ "weekday_4", { "Thu", "Kam" } },
	{ "weekday_5", { "Fri", "Jum" } },
	{ "weekday_6", { "Sat", "Sab" } },
	{ "weekday_7", { "Sun", "Min" } },
	{ "month_1", { "January", "Januari" } },
	{ "month_2", { "February", "Februari" } },
	{ "month_3", { "March", "Maret" } },
	{ "month_4", { "April", "April" } },
	{ "month_5", { "May", "Mei" } },
	{ "month_6", { "June", "Juni" } },
	{ "month_7", { "July", "Juli" } },
	{ "month_8", { "August", "Agustus" } },
	{ "month_9", { "September", "September" } },
	{ "month_10", { "October", "Oktober" } },
	{ "month_11", { "November", "November" } },
	{ "month_12", { "December", "Desember" } },
	{ "unit_day", { "d", " hari" } },
	{ "unit_hour", { "h", " jam" } },
	{ "unit_minute", { "min", " mnt" } },
	{ "unit_second", { "s", " dtk" } },
	{ "point", { ".", "," } },
	{ "thousands", { ",", "." } },
};

bool report_text_lang(const char *code, enum lang *ret)
{
	if (strcmp(code, "en") == 0)
		*ret = LANG_EN;
	else if (strcmp(code, "id") == 0)
		*ret = LANG_ID;
	else
		return false;
	return true;
}

const char *report_text_code(enum lang lang)
{
	return lang == LANG_ID ? "id" : "en";
}

const char *report_text_find(enum lang lang, const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].key, key) == 0)
			return words[i].text[lang];
	return NULL;
}

const char *report_text_get(enum lang lang, const char *key)
{
	const char *text = report_text_find(lang, key);

	return text ? text : key;
}

const char *report_text_of(enum lang lang, const char *prefix, const char *name)
{
	char key[96];

	snprintf(key, sizeof(key), "%s%s", prefix, name);
	return report_text_find(lang, key);
}

const char *report_text_translated(enum lang lang, const char *english)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].text[LANG_EN], english) == 0)
			return words[i].text[lang];
	return NULL;
}
