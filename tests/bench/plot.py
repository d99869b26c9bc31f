"""The picture of the costs: two panels with logarithmic axes, measured points, and a hollow one that is computed."""
import collections
import math

Series = collections.namedtuple("Series", "name points computed")  # [(x, y)], and (x, y) or None
Panel = collections.namedtuple("Panel", "title xs ys unit series")  # ticks of both axes

WIDTH, HEIGHT, TOP, LEFT, INNER, DEPTH = 880, 390, 78, 62, 345, 215
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" \
aria-labelledby="title text" font-family="system-ui, 'DejaVu Sans', 'Liberation Sans', sans-serif" font-size="13">
  <title id="title">What a fleet costs</title>
  <desc id="text">{text}</desc>
  <style>
    .card {{ fill: #ffffff; stroke: #d0d7de }} .grid {{ stroke: #d0d7de }}
    .head {{ fill: #1f2328; font-weight: 600; font-size: 14px }} .soft {{ fill: #57606a }}
    .s0 {{ stroke: #0550ae; fill: #0550ae }}
    .s1 {{ stroke: #b07800; fill: #b07800 }}
    .s2 {{ stroke: #8250df; fill: #8250df }}
    .line {{ fill: none; stroke-width: 2 }} .guess {{ fill: none; stroke-width: 2; stroke-dasharray: 3 4 }}
    .hollow {{ fill: #ffffff; stroke-width: 2 }} text {{ stroke: none }}
    @media (prefers-color-scheme: dark) {{
      .card {{ fill: #0d1117; stroke: #30363d }} .grid {{ stroke: #30363d }}
      .head {{ fill: #e6edf3 }} .soft {{ fill: #9da7b3 }}
      .s0 {{ stroke: #79c0ff; fill: #79c0ff }}
      .s1 {{ stroke: #d9a520; fill: #d9a520 }}
      .s2 {{ stroke: #d2a8ff; fill: #d2a8ff }}
      .line, .guess {{ fill: none }} .hollow {{ fill: #0d1117 }}
    }}
  </style>
  <rect class="card" x="0.5" y="0.5" width="{w1}" height="{h1}" rx="10"/>
"""


def number(value):
    return f"{value:,}" if value >= 1 else f"{value:g}"


class Axes:
    """Where a value lies in a panel's box."""

    def __init__(self, panel, left):
        self.panel, self.left = panel, left

    def at(self, x, y):
        def part(value, ticks):
            return (math.log10(value) - math.log10(ticks[0])) / (math.log10(ticks[-1]) - math.log10(ticks[0]))
        return (round(self.left + INNER * part(x, self.panel.xs), 1),
                round(TOP + DEPTH * (1 - part(y, self.panel.ys)), 1))


def text(x, y, words, kind="soft", anchor="start"):
    return f'  <text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>\n'


def grid(axes):
    panel, drawn = axes.panel, text(axes.left, 34, axes.panel.title, "head")
    drawn += text(axes.left, 54, axes.panel.unit)
    for y in panel.ys:
        place = axes.at(panel.xs[0], y)
        drawn += f'  <path class="grid" d="M{place[0]} {place[1]}h{INNER}"/>\n'
        drawn += text(place[0] - 8, place[1] + 4, number(y), anchor="end")
    for x in panel.xs:
        place = axes.at(x, panel.ys[0])
        drawn += text(place[0], place[1] + 20, number(x), anchor="middle")
    return drawn


def curve(axes, which, series):
    places = [axes.at(*point) for point in series.points]
    drawn = f'  <path class="s{which} line" d="M{" ".join(f"{x} {y}" for x, y in places)}"/>\n'
    drawn += "".join(f'  <circle class="s{which}" cx="{x}" cy="{y}" r="3.5"/>\n' for x, y in places)
    if series.computed:
        (x, y), (from_x, from_y) = axes.at(*series.computed), places[-1]
        drawn += f'  <path class="s{which} guess" d="M{from_x} {from_y} {x} {y}"/>\n'
        drawn += f'  <circle class="s{which} hollow" cx="{x}" cy="{y}" r="4"/>\n'
    y = TOP + DEPTH + 44 + 19 * which
    drawn += f'  <path class="s{which} line" d="M{axes.left} {y - 4}h22"/>\n'
    return drawn + text(axes.left + 30, y, series.name)


def draw(panels, description):
    """The whole picture."""
    drawn = HEAD.format(w=WIDTH, h=HEIGHT, w1=WIDTH - 1, h1=HEIGHT - 1, text=description)
    for place, panel in enumerate(panels):
        axes = Axes(panel, LEFT + place * (INNER + 90))
        drawn += grid(axes) + "".join(curve(axes, which, series) for which, series in enumerate(panel.series))
    return drawn + "</svg>\n"
