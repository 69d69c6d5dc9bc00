# SPDX-License-Identifier: MIT
"""Layered drawings of graphs as SVG and HTML, for objgraph.

The layer of a node is given.  An edge over several layers gets a bend in each; within the layers
nodes and bends are ordered by the mean place of their neighbours, a few times down and up, and then
pushed towards them as far as they have room.  It takes O(edges) a pass.
"""
import colorsys
import html

_FONT = 11          # pixels
_CHAR = 6.7         # of the monospace font
_LINE = 14
_MARGIN_X, _MARGIN_Y = 8, 6
_GAP_X, _GAP_Y = 22, 76
_PASSES = 8

_STYLE = f"""text{{font:{_FONT}px monospace;fill:#111}}
.t{{font-weight:bold}} .w text{{fill:#fff}} .r rect{{stroke:#c00;stroke-width:2}}
rect{{stroke:#444;rx:4}} path{{fill:none;stroke:#567;stroke-width:1.2}}
.e text{{font-size:10px;fill:#037;paint-order:stroke;stroke:#fff;stroke-width:4px;text-anchor:middle}}
.e:hover path{{stroke:#c00;stroke-width:2.4}} .e:hover text{{fill:#c00;font-weight:bold}}"""


class _Place:
    """A node, or the bend of an edge, in a layer."""

    __slots__ = ("key", "lines", "layer", "root", "color", "light", "width", "height", "x", "y",
                 "near")

    def __init__(self, key, lines, layer):
        self.key, self.lines, self.layer = key, lines, layer
        self.width = max([len(line) for line in lines], default=0) * _CHAR + 2 * _MARGIN_X
        self.height = len(lines) * _LINE + 2 * _MARGIN_Y
        self.root, self.color, self.light = False, "#fff", True
        self.x = self.y = 0
        self.near = ([], [])    # places in the layer above, and below


class Picture:
    """upward: deeper layers stand above."""

    def __init__(self, title, upward=False):
        self._title, self._upward = title, upward
        self._nodes, self._edges = {}, {}

    def node(self, key, lines, layer, root=False, hsv=(0, 0, 1)):
        place = _Place(key, lines, layer)
        red, green, blue = colorsys.hsv_to_rgb(*hsv)
        if not hsv[1]:      # greys as light tints: the text is to be read
            red = green = blue = .62 + .38 * hsv[2]
        place.color = "#" + "".join(f"{round(each * 255):02x}" for each in (red, green, blue))
        place.light = .3 * red + .59 * green + .11 * blue > .5
        place.root = root
        self._nodes[key] = place

    def edge(self, source, target, name):
        """Edges between the same two nodes become one with several names."""
        self._edges.setdefault((source, target), []).append(_printable(name))

    # -- layout --

    def _layers(self):
        layers = [[] for _ in range(1 + max((n.layer for n in self._nodes.values()), default=0))]
        for node in self._nodes.values():
            layers[node.layer].append(node)
        return layers

    def _bend(self, layers):
        """The way of each edge: its places from source to target."""
        ways = {}
        for source, target in self._edges:
            start, end = self._nodes[source], self._nodes[target]
            step = 1 if end.layer > start.layer else -1
            way = [start]
            for layer in range(start.layer + step, end.layer, step):
                bend = _Place(None, [], layer)
                bend.width = 10
                layers[layer].append(bend)
                way.append(bend)
            if end is not start:
                way.append(end)
            for one, other in zip(way, way[1:]):
                if one.layer != other.layer:
                    down = other.layer > one.layer
                    one.near[down].append(other)
                    other.near[not down].append(one)
            ways[source, target] = way
        return ways

    @staticmethod
    def _spread(layer):
        x = 0
        for place in layer:
            place.x = x + place.width / 2
            x += place.width + _GAP_X

    @staticmethod
    def _push(layer):
        """Move places to their wishes, kept in `x`, without overlaps: groups that would overlap are
        placed as one, around the mean of their wishes."""
        groups = []     # [first x, width, sum of wishes of the first x, places]
        for place in layer:
            group = [place.x - place.width / 2, place.width, place.x - place.width / 2, [place]]
            while groups and groups[-1][0] + groups[-1][1] + _GAP_X > group[0]:
                before = groups.pop()
                shift = before[1] + _GAP_X
                wishes = before[2] + group[2] - shift * len(group[3])
                places = before[3] + group[3]
                group = [wishes / len(places), shift + group[1], wishes, places]
            groups.append(group)
        for start, _width, _wishes, places in groups:
            x = start
            for place in places:
                place.x = x + place.width / 2
                x += place.width + _GAP_X

    def _lay_out(self):
        layers = self._layers()
        ways = self._bend(layers)
        for layer in layers:
            self._spread(layer)
        for number in range(_PASSES):
            down = number % 2 == 0
            for layer in layers if down else reversed(layers):
                for place in layer:
                    near = place.near[not down] or place.near[down] if number else place.near[0]
                    if near:
                        place.x = sum(each.x for each in near) / len(near)
                layer.sort(key=lambda place: place.x)
                self._push(layer)
        order = reversed(layers) if self._upward else layers
        y = 30
        for layer in order:
            height = max([place.height for place in layer], default=0)
            for place in layer:
                place.y = y + height / 2
            y += height + _GAP_Y
        left = min((p.x - p.width / 2 for layer in layers for p in layer), default=0) - 20
        for layer in layers:
            for place in layer:
                place.x -= left
        width = max((p.x + p.width / 2 for layer in layers for p in layer), default=0) + 60
        return ways, width, max(y - _GAP_Y + 20, 60)

    # -- drawing --

    def _path(self, way, used):
        """(path, x and y of its label)."""
        first, last = way[0], way[-1]
        if len(way) == 1:       # to itself
            x, y = first.x + first.width / 2, first.y
            return (f"M{x:.0f} {y - 6:.0f}c36 -22 36 34 2 14", x + 30, y - 12)
        shift = 0       # the two edges of a pair stand apart
        if (last.key, first.key) in self._edges:
            shift = 7 if first.key < last.key else -7
        if first.layer == last.layer:
            tops = [place.y - place.height / 2 for place in (first, last)]
            rise = min(tops) - 40 + shift
            return (f"M{first.x:.0f} {tops[0]:.0f}C{first.x:.0f} {rise:.0f} {last.x:.0f} {rise:.0f}"
                    f" {last.x:.0f} {tops[1]:.0f}", (first.x + last.x) / 2, rise + 13)
        points = []
        sign = 1 if way[1].y > first.y else -1
        points.append((first.x + shift, first.y + sign * first.height / 2))
        points += [(bend.x + shift, bend.y) for bend in way[1:-1]]
        points.append((last.x + shift, last.y - sign * last.height / 2))
        text = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
        for (x1, y1), (x2, y2) in zip(points, points[1:]):
            half = (y2 - y1) / 2
            text += f"C{x1:.0f} {y1 + half:.0f} {x2:.0f} {y2 - half:.0f} {x2:.0f} {y2:.0f}"
        # the label stands at the deeper end, where edges are apart
        deep = first if first.layer > last.layer else last
        (x1, y1), (x2, y2) = points[:2] if deep is first else (points[-1], points[-2])
        number = used[deep.key] = used.get(deep.key, 0) + 1
        share = (.26, .5, .72, .38, .62)[(number - 1) % 5]
        bend = 3 * share * share - 2 * share * share * share
        return text, x1 + (x2 - x1) * bend, y1 + (y2 - y1) * share + 3

    def _edge_parts(self, ways):
        """Yield (path, label): labels stand above the nodes."""
        used = {}
        for (source, target), way in ways.items():
            path, x, y = self._path(way, used)
            names = self._edges[source, target]
            text = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            shown = text if len(text) <= 44 else text[:41] + "..."
            title = f'<title>{html.escape(text)}</title>'
            yield (f'<g class="e">{title}<path d="{path}" marker-end="url(#a)"/></g>',
                   f'<g class="e"><text x="{x:.0f}" y="{y:.0f}">{html.escape(shown)}{title}</text></g>')

    def _node_parts(self):
        for node in self._nodes.values():
            x, y = node.x - node.width / 2, node.y - node.height / 2
            kind = ("" if node.light else " w") + (" r" if node.root else "")
            lines = "".join(
                f'<text x="{x + _MARGIN_X:.0f}" y="{y + _MARGIN_Y + _LINE * (i + 1) - 4:.0f}"'
                f'{" class=" + chr(34) + "t" + chr(34) if i == 0 else ""}>'
                f'{html.escape(_printable(line))}</text>' for i, line in enumerate(node.lines))
            yield (f'<g class="n{kind}"><title>{html.escape(_printable(" ".join(node.lines)))}</title>'
                   f'<rect x="{x:.0f}" y="{y:.0f}" width="{node.width:.0f}"'
                   f' height="{node.height:.0f}" fill="{node.color}"/>{lines}</g>')

    def svg(self):
        """The picture as an SVG file."""
        ways, width, height = self._lay_out()
        parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
                 f' viewBox="0 0 {width:.0f} {height:.0f}">',
                 f"<title>{html.escape(_printable(self._title))}</title><style>{_STYLE}</style>",
                 '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8"'
                 ' markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#567;stroke:none"/>'
                 '</marker></defs>',
                 f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff" style="stroke:none"/>']
        edges = list(self._edge_parts(ways))
        parts += [path for path, _label in edges]
        parts += self._node_parts()
        parts += [label for _path, label in edges]
        parts.append("</svg>")
        return "\n".join(parts) + "\n"

    def html(self):
        """The picture as a page of its own, with a list of the references."""
        title = html.escape(_printable(self._title))
        rows = []
        for (source, target), names in self._edges.items():
            ends = [html.escape(_printable(" ".join(self._nodes[key].lines[:2])))
                    for key in (source, target)]
            rows.append(f"<tr><td>{ends[0]}</td><td class=e>{html.escape(', '.join(names))}</td>"
                        f"<td>{ends[1]}</td></tr>")
        return (f"<!DOCTYPE html>\n<html lang=en><meta charset=utf-8><title>{title}</title>\n"
                "<style>body{font:13px sans-serif;margin:16px} .p{overflow:auto;border:1px solid #ccc;"
                "max-height:80vh} table{border-collapse:collapse;font:12px monospace;margin-top:12px}"
                "td,th{border:1px solid #ddd;padding:2px 6px;text-align:left} td.e{color:#037}</style>\n"
                f"<h1>{title}</h1>\n<p>{len(self._nodes)} objects, {len(self._edges)} references.</p>\n"
                f"<div class=p>{self.svg()}</div>\n"
                "<table><tr><th>object</th><th>refers by</th><th>to</th></tr>\n"
                + "\n".join(rows) + "\n</table>\n</html>\n")


def _printable(text):
    """Without what XML cannot hold."""
    return "".join(c if c >= " " and not 0xD800 <= ord(c) <= 0xDFFF and c not in "\x7f\ufffe\uffff"
                   else " " for c in text)
