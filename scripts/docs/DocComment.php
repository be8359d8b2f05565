<?php

declare(strict_types=1);

namespace FfiZts\Docs;

/** A doc comment of the stubs, taken apart: its text, and its tags by name. */
final class DocComment
{
    /**
     * @param array<string, array{type: string, text: string}> $parameters by name
     * @param list<array{type: string, text: string}>          $throws
     * @param ?array{type: string, text: string}               $return
     */
    private function __construct(
        public readonly string $text,
        public readonly array $parameters,
        public readonly ?array $return,
        public readonly array $throws,
    ) {
    }

    public static function parse(string|false $comment): self
    {
        $lines = preg_replace('~^\s*(?:/\*\*|\*/|\*) ?|\s*\*/$~m', '', trim((string) $comment));
        // A tag may stand behind the text of a comment of one line.
        $parts = preg_split('~(?:^|(?<=[.:] )) *(?=@(?:param|return|throws|template)\b)~m', (string) $lines);
        $text = trim((string) array_shift($parts));
        [$parameters, $return, $throws] = [[], null, []];
        foreach ($parts as $part) {
            [$tag, $rest] = preg_split('~\s+~', trim($part), 2) + [1 => ''];
            [$type, $rest] = self::type($rest);
            if ($tag === '@param') {
                preg_match('~^(?:\.\.\.)?\$(\w+)\s*(.*)~s', $rest, $found);
                $parameters[$found[1]] = ['type' => $type, 'text' => self::line($found[2])];
            } elseif ($tag === '@return') {
                $return = ['type' => $type, 'text' => self::line($rest)];
            } elseif ($tag === '@throws') {
                $throws[] = ['type' => $type, 'text' => self::line($rest)];
            }
        }
        return new self(self::paragraphs($text), $parameters, $return, $throws);
    }

    /**
     * A type reaches to the first space that no bracket encloses.
     *
     * @return array{string, string} the type, and what comes after it
     */
    private static function type(string $text): array
    {
        $depth = 0;
        foreach (str_split($text) as $offset => $character) {
            $depth += match ($character) {
                '<', '{', '(' => 1,
                '>', '}', ')' => -1,
                default => 0,
            };
            if ($depth === 0 && ($character === ' ' || $character === "\n")) {
                return [self::line(substr($text, 0, $offset)), ltrim(substr($text, $offset))];
            }
        }
        return [self::line($text), ''];
    }

    private static function line(string $text): string
    {
        return trim((string) preg_replace('~\s+~', ' ', $text));
    }

    /**
     * Lines of a paragraph or of a list's item become one. An item begins with the name of what it is about, which is marked as code; what looks
     * like an element of HTML is text.
     */
    private static function paragraphs(string $text): string
    {
        $result = '';
        $within = false;
        foreach (preg_split('~\n\s*\n|\n(?= *- )~', $text) as $block) {
            $item = str_starts_with(ltrim($block), '- ');
            $result .= ($item && $within ? "\n" : "\n\n") . preg_replace('~^- (\w+): ~', '- `$1`: ', self::line($block));
            $within = $item;
        }
        // Between backticks it is code, where Markdown has no HTML.
        $parts = explode('`', trim($result));
        foreach ($parts as $number => $part) {
            $parts[$number] = $number % 2 === 0 ? str_replace('<', '&lt;', $part) : $part;
        }
        return implode('`', $parts);
    }
}
