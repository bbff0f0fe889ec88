-- Which topics come together?
select label_a, label_b, sum(conversation_count) as conversations
from sahut_report.daily_label_pairs
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
group by 1, 2
order by 3 desc
limit 50
