// SPDX-License-Identifier: MIT
// Draws each chart from the table behind it, so that both cannot but agree.
(function () {
	'use strict';
	if (typeof Chart === 'undefined')
		return;

	var root = document.documentElement, lang = root.lang, charts = [];
	var dark = window.matchMedia('(prefers-color-scheme: dark)');
	var dayText = new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'short', timeZone: 'UTC' });
	var longDay = new Intl.DateTimeFormat(lang, { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
	var palettes = {
		series: ['--s1', '--s2', '--s3', '--s4', '--s5', '--s6', '--s7', '--s8'],
		status: ['--open', '--pending', '--snoozed', '--other'],
		age: ['--age1', '--age2', '--age3', '--age4']
	};
	var dashes = [[], [6, 3], [2, 3]];

	function shade(name) { return getComputedStyle(root).getPropertyValue(name).trim(); }

	function read(table, most) {
		var head = table.tHead.rows[0].cells, data = { labels: [], days: [], open: [], series: [] };
		var n = Math.min(most || head.length - 1, head.length - 1);
		for (var c = 1; c <= n; c++)
			data.series.push({ name: head[c].textContent, values: [] });
		Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
			var first = row.cells[0], day = first.dataset.day;
			data.labels.push(day ? dayText.format(new Date(day + 'T00:00:00Z')) : first.textContent);
			data.days.push(day);
			data.open.push('open' in first.dataset);
			for (var c = 1; c <= n; c++)
				data.series[c - 1].values.push(row.cells[c].dataset.v === undefined ? null : Number(row.cells[c].dataset.v));
		});
		return data;
	}

	function paint(chart) {
		var figure = chart.sahut.figure, colours = palettes[figure.dataset.palette || 'series'];
		chart.data.datasets.forEach(function (set, i) {
			var colour = shade(colours[i % colours.length]);
			set.borderColor = chart.config.type === 'line' ? colour : shade('--sheet');
			// A day that is not over: a lighter bar, a hollow point.
			set.backgroundColor = chart.sahut.open.map(function (open) { return open && chart.config.type !== 'line' ? colour + '80' : colour; });
			set.pointBackgroundColor = chart.sahut.open.map(function (open) { return open ? shade('--sheet') : colour; });
		});
		['x', 'y'].forEach(function (axis) {
			chart.options.scales[axis].ticks.color = shade('--soft');
			chart.options.scales[axis].grid.color = shade('--line');
			chart.options.scales[axis].grid.borderColor = shade('--line');
		});
		chart.options.plugins.legend.labels.color = shade('--ink');
		chart.update();
	}

	function options(kind, stacked, data) {
		var rows = kind === 'rows';
		var amounts = { stacked: stacked, beginAtZero: true, ticks: { precision: 0, maxTicksLimit: 7 }, grid: {} };
		var names = {
			stacked: stacked, grid: { display: false },
			ticks: rows ? { autoSkip: false } : { maxRotation: 0, autoSkipPadding: 14 }
		};
		return {
			animation: false, responsive: true, maintainAspectRatio: false, locale: lang, indexAxis: rows ? 'y' : 'x',
			interaction: { mode: 'index', intersect: false, axis: rows ? 'y' : 'x' },
			scales: rows ? { x: amounts, y: names } : { x: names, y: amounts },
			plugins: {
				legend: {
					display: data.series.length > 1, position: 'bottom', align: 'start',
					labels: { boxWidth: 12, boxHeight: 12, padding: 14, usePointStyle: kind === 'line', pointStyle: 'line' }
				},
				tooltip: {
					callbacks: {
						title: function (items) {
							var day = items.length && data.days[items[0].dataIndex];
							return day ? longDay.format(new Date(day + 'T00:00:00Z')) : items.length ? items[0].label : '';
						}
					}
				}
			}
		};
	}

	function draw(figure) {
		var table = figure.querySelector('table'), plot = figure.querySelector('.plot'), kind = figure.dataset.chart;
		var data = read(table, Number(figure.dataset.columns)), stacked = figure.hasAttribute('data-stacked');
		if (!data.labels.length || !data.series.length)
			return;
		plot.hidden = false;
		if (kind === 'rows')
			plot.style.height = (data.labels.length * 1.75 + 4.5) + 'rem';
		var chart = new Chart(plot.querySelector('canvas'), {
			type: kind === 'line' ? 'line' : 'bar',
			data: {
				labels: data.labels,
				datasets: data.series.map(function (s, i) {
					return {
						label: s.name, data: s.values, borderWidth: kind === 'line' ? 2 : { top: 1, right: rowsEdge(kind) }, tension: 0,
						pointRadius: data.open.map(function (open) { return open || data.labels.length === 1 ? 4 : 0; }),
						segment: kind === 'line' ? { borderDash: function (at) { return data.open[at.p1DataIndex] ? [1, 4] : undefined; } } : undefined,
					 pointHitRadius: 12, borderDash: kind === 'line' ? dashes[i % 3] : undefined,
						categoryPercentage: 0.9, barPercentage: 0.9, maxBarThickness: 34, borderSkipped: false
					};
				})
			},
			options: options(kind, stacked, data)
		});
		chart.sahut = { figure: figure, open: data.open };
		charts.push(chart);
		paint(chart);
		figure.querySelector('details').open = false;
	}

	function rowsEdge(kind) { return kind === 'rows' ? 1 : 0; }

	function repaint() { charts.forEach(paint); }

	Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
	Chart.defaults.font.size = 12;
	Chart.defaults.plugins.tooltip.boxPadding = 4;
	document.querySelectorAll('figure[data-chart]').forEach(draw);
	dark.addEventListener('change', repaint);
	// On paper: light, and as wide as the sheet, whatever the window was.
	window.addEventListener('beforeprint', function () {
		root.classList.add('print');
		charts.forEach(function (chart) { chart.resize(680, chart.canvas.parentNode.clientHeight); });
		repaint();
	});
	window.addEventListener('afterprint', function () {
		root.classList.remove('print');
		charts.forEach(function (chart) { chart.resize(); });
		repaint();
	});
	root.classList.add('drawn');
})();
