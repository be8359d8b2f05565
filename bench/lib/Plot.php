<?php

declare(strict_types=1);

namespace FfiZts\Bench;

/** A chart with logarithmic axes as SVG: what grows as its size does is a line that is parallel to the dashed ones. */
final class Plot
{
    private const WIDTH = 760;
    private const HEIGHT = 480;
    /** Margins: left, right, top, bottom. */
    private const MARGINS = [80, 44, 56, 56];
    private const COLOURS = ['#1f6feb', '#d1622b', '#5a8f29', '#8250df'];

    /** @var array<string, array<int|string, float>> by name: y by x */
    private array $series = [];

    public function __construct(private readonly string $title, private readonly string $x, private readonly string $y)
    {
    }

    /** @param array<int, float> $points y by x, both above 0 */
    public function add(string $name, array $points): void
    {
        ksort($points);
        $this->series[$name] = $points;
    }

    public function svg(): string
    {
        [$left, $right, $top, $bottom] = self::MARGINS;
        [$width, $height] = [self::WIDTH - $left - $right, self::HEIGHT - $top - $bottom];
        [$x0, $x1] = self::decades(array_merge(...array_map(array_keys(...), array_values($this->series))));
        [$y0, $y1] = self::decades(array_merge(...array_map(array_values(...), array_values($this->series))));
        $atX = static fn(float $value): float => round($left + $width * (log10($value) - $x0) / ($x1 - $x0), 1);
        $atY = static fn(float $value): float => round($top + $height * (1 - (log10($value) - $y0) / ($y1 - $y0)), 1);
        $shapes = [
            sprintf('<rect width="%d" height="%d" fill="#ffffff"/>', self::WIDTH, self::HEIGHT),
            self::text($left, 22, $this->title, 'start', 15, '#1b1f24'),
            self::text($left + $width / 2, self::HEIGHT - 12, $this->x, 'middle', 13),
            sprintf('<g transform="translate(18 %d) rotate(-90)">%s</g>', $top + $height / 2, self::text(0, 0, $this->y, 'middle', 13)),
            sprintf('<clipPath id="inside"><rect x="%d" y="%d" width="%d" height="%d"/></clipPath>', $left, $top, $width, $height),
        ];
        for ($decade = $x0; $decade <= $x1; $decade++) {
            $at = $atX(10 ** $decade);
            $shapes[] = self::line($at, $top, $at, $top + $height, '#e4e7eb');
            $shapes[] = self::text($at, $top + $height + 20, self::number(10 ** $decade), 'middle');
        }
        for ($decade = $y0; $decade <= $y1; $decade++) {
            $at = $atY(10 ** $decade);
            $shapes[] = self::line($left, $at, $left + $width, $at, '#e4e7eb');
            $shapes[] = self::text($left - 8, $at + 4, self::number(10 ** $decade), 'end');
        }
        // Twice as much costs twice as much along each of these.
        for ($decade = $y0 - ($x1 - $x0); $decade <= $y1; $decade++) {
            $shapes[] = '<g clip-path="url(#inside)">'
                . self::line($atX(10 ** $x0), $atY(10 ** $decade), $atX(10 ** $x1), $atY(10 ** ($decade + $x1 - $x0)), '#b6bec8', ' stroke-dasharray="3 5"') . '</g>';
        }
        $i = 0;
        $legend = $left;
        foreach ($this->series as $name => $points) {
            $colour = self::COLOURS[$i++ % count(self::COLOURS)];
            $path = [];
            foreach ($points as $x => $y) {
                $path[] = $atX((float) $x) . ',' . $atY($y);
                $shapes[] = sprintf('<circle cx="%s" cy="%s" r="3.5" fill="%s"/>', $atX((float) $x), $atY($y), $colour);
            }
            $shapes[] = sprintf('<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>', implode(' ', $path), $colour);
            $shapes[] = sprintf('<rect x="%d" y="34" width="14" height="10" fill="%s"/>', $legend, $colour);
            $shapes[] = self::text($legend + 20, 43, $name);
            $legend += 44 + 7 * strlen($name);
        }
        $shapes[] = self::line($legend, 39, $legend + 24, 39, '#b6bec8', ' stroke-dasharray="3 5"');
        $shapes[] = self::text($legend + 30, 43, 'linear');
        $head = sprintf('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" font-family="sans-serif">', self::WIDTH, self::HEIGHT);
        return $head . "\n" . implode("\n", $shapes) . "\n</svg>\n";
    }

    /**
     * The powers of ten that the values lie between.
     *
     * @param array<int|float> $values
     *
     * @return array{int, int}
     */
    private static function decades(array $values): array
    {
        [$low, $high] = [(int) floor(log10(min($values)) + 1e-9), (int) ceil(log10(max($values)) - 1e-9)];
        return [$low, max($high, $low + 1)];
    }

    private static function number(float $value): string
    {
        return $value >= 1 ? number_format($value, 0, '.', ' ') : rtrim(sprintf('%.6f', $value), '0');
    }

    private static function text(float $x, float $y, string $text, string $anchor = 'start', int $size = 12, string $colour = '#57606a'): string
    {
        return sprintf('<text x="%s" y="%s" text-anchor="%s" font-size="%d" fill="%s">%s</text>', $x, $y, $anchor, $size, $colour, htmlspecialchars($text, ENT_XML1));
    }

    private static function line(float $x1, float $y1, float $x2, float $y2, string $colour, string $more = ''): string
    {
        return sprintf('<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s"%s/>', $x1, $y1, $x2, $y2, $colour, $more);
    }
}
