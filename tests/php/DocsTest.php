<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/** The pages of docs/: their links, their index, their diagrams, and that every snippet says what it is. */
final class DocsTest extends TestCase
{
    use TemporaryDirectory;

    /** Languages of blocks. Those of the second line are run by CookbookTest and SnippetsTest, or are marked. */
    private const LANGUAGES = [
        'text', 'json', 'yaml', 'dockerfile', 'ini',
        'php', 'sh',
    ];

    /** Pages whose commands others run, in blocks of their own kinds. */
    private const REHEARSED = ['cli.md' => 'tests/php/CliDocTest.php', 'releasing.md' => 'scripts/run-package.sh'];

    /** Pages for whoever works on the project: the index may leave them out. */
    private const INTERNAL = ['releasing.md'];

    /** @dataProvider pages */
    public function testLinksLeadSomewhere(string $page): void
    {
        $file = Process::root() . "/$page";
        $dead = [];
        foreach (self::links((string) file_get_contents($file)) as $link) {
            if (preg_match('~^(?:https?:|mailto:)~', $link) === 1) {
                continue;
            }
            [$path, $anchor] = explode('#', $link, 2) + [1 => ''];
            $target = $path === '' ? $file : dirname($file) . "/$path";
            if (!file_exists($target)) {
                $dead[] = "$link: there is no such file";
            } elseif ($anchor !== '' && !in_array($anchor, self::anchors((string) file_get_contents($target)), true)) {
                $dead[] = "$link: there is no such heading";
            } elseif (str_contains($anchor, '--')) {
                $dead[] = "$link: the site has another anchor there";
            }
        }
        self::assertSame([], $dead);
    }

    /** @dataProvider pages */
    public function testSnippetsSayWhatTheyAre(string $page): void
    {
        $text = (string) file_get_contents(Process::root() . "/$page");
        if (isset(self::REHEARSED[basename($page)])) {
            self::assertTrue(!str_contains($text, "\n```sh") || is_file(Process::root() . '/' . self::REHEARSED[basename($page)]));
            return;
        }
        $languages = implode('|', self::LANGUAGES);
        $wrong = [];
        foreach (self::blocks($text) as [$line, $info]) {
            if (preg_match("~^(?:$languages|php peer|php revolt|php react)$~D", $info) !== 1) {
                $wrong[] = "$page:$line: a block of '$info'";
            }
        }
        // A block by four spaces has no language, so that nobody runs it.
        $prose = (string) preg_replace('~^```.*?^```$~ms', '', $text);
        if ($page !== 'README.md' && preg_match('~^\n    \S.*~m', $prose, $found) === 1) {
            $wrong[] = "$page: a block by indentation: " . trim($found[0]);
        }
        self::assertSame([], $wrong);
    }

    public function testTheIndexHasEveryPage(): void
    {
        $index = (string) file_get_contents(Process::root() . '/docs/index.md');
        preg_match_all('~\]\((\S+?\.md)\) \| \S~', $index, $listed);
        $pages = array_map(basename(...), glob(Process::root() . '/docs/*.md'));
        self::assertEqualsCanonicalizing(
            array_diff([...$pages, 'api/index.md'], ['index.md', ...self::INTERNAL]),
            array_diff($listed[1], self::INTERNAL),
        );
    }

    public function testTheSiteHasEveryPageOfTheIndex(): void
    {
        $index = (string) file_get_contents(Process::root() . '/docs/index.md');
        preg_match_all('~\]\((\S+?\.md)\) \|~', $index, $listed);
        preg_match_all('~: (\S+\.md)$~m', (string) file_get_contents(Process::root() . '/scripts/docs/mkdocs.yml'), $navigated);
        self::assertEqualsCanonicalizing(array_diff($listed[1], self::INTERNAL), array_diff($navigated[1], ['index.md', ...self::INTERNAL]));
    }

    public function testDiagramsAreNotStale(): void
    {
        $check = Process::run([Process::root() . '/scripts/docs/render-diagrams.sh', '--check']);
        self::assertSame([0, ''], [$check->status, $check->errors]);
    }

    public function testAChangedDiagramIsStale(): void
    {
        $directory = $this->directory();
        Process::run(['cp', '-R', Process::root() . '/docs/diagrams/.', $directory]);
        file_put_contents("$directory/vm.dot", "// more\n", FILE_APPEND);
        unlink("$directory/task.svg");
        $check = Process::run([Process::root() . '/scripts/docs/render-diagrams.sh', '--check', $directory]);
        self::assertSame(1, $check->status);
        self::assertSame(
            "ffi_zts: $directory/task.svg is not of $directory/task.dot as it is: run make docs\n"
                . "ffi_zts: $directory/vm.svg is not of $directory/vm.dot as it is: run make docs\n",
            $check->errors,
        );
    }

    /** The transitions of the diagram are those of the code. */
    public function testTheLifeOfAVmIsThatOfTheCode(): void
    {
        $code = (string) file_get_contents(Process::root() . '/src/core/state.rs');
        self::assertSame(1, preg_match('~^    (New => .*)$~m', $code, $line));
        $expected = [];
        foreach (explode(',', strtolower($line[1])) as $transition) {
            [$from, $to] = array_map(trim(...), explode('=>', $transition));
            foreach (explode('|', $to) as $one) {
                $expected[] = "$from -> " . trim($one);
            }
        }
        preg_match_all('~^    (\w+ -> \w+) ~m', (string) file_get_contents(Process::root() . '/docs/diagrams/vm.dot'), $edges);
        self::assertEqualsCanonicalizing(['none -> new', ...$expected], $edges[1]);
    }

    public function testInstallExplainsEveryWordOfDoctor(): void
    {
        $files = glob(Process::root() . '/php/Doctor/*Checks.php');
        if ($files === []) {
            self::markTestSkipped('doctor has no words for its problems here');
        }
        $words = [];
        foreach ($files as $file) {
            // What the checks name themselves, and what they call the steps of a boot.
            $word = "(?:new Problem|Problem::note)\\(\\s*'([a-z-]+)'|^        '[\\w ]+' => '([a-z-]+)',$";
            preg_match_all("~$word~m", (string) file_get_contents($file), $found);
            $words = [...$words, ...$found[1], ...$found[2]];
        }
        $page = (string) file_get_contents(Process::root() . '/docs/install.md');
        preg_match_all('~^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \| ~m', substr($page, (int) strpos($page, '## Troubleshooting')), $rows);
        $explained = explode(', ', str_replace('`', '', implode(', ', $rows[1])));
        self::assertSame([], array_values(array_diff(array_filter($words), $explained)));
    }

    /** @return iterable<string, array{string}> */
    public static function pages(): iterable
    {
        $root = Process::root();
        foreach (['README.md', ...glob("$root/docs/*.md"), ...glob("$root/docs/api/*.md")] as $page) {
            $page = str_replace("$root/", '', $page);
            yield $page => [$page];
        }
    }

    /** @return list<string> where a page's links and pictures lead */
    private static function links(string $text): array
    {
        $text = (string) preg_replace('~^```.*?^```$|`[^`\n]*`(?!\])~ms', '', $text);
        preg_match_all('~\]\(([^)\s]+)\)~', $text, $links);
        return $links[1];
    }

    /** @return list<string> */
    private static function anchors(string $text): array
    {
        preg_match_all('~^#+ (.*)$~m', (string) preg_replace('~^```.*?^```$~ms', '', $text), $headings);
        return array_map(
            static fn (string $heading): string => strtr(trim((string) preg_replace('~[^\p{L}\p{N}_ -]~u', '', strtolower($heading))), ' ', '-'),
            $headings[1],
        );
    }

    /** @return list<array{int, string}> the line of each block, and what it says that it is */
    private static function blocks(string $text): array
    {
        $blocks = [];
        preg_match_all('~^```([^\n]*)\n.*?^```$~ms', $text, $found, PREG_SET_ORDER | PREG_OFFSET_CAPTURE);
        foreach ($found as $block) {
            $blocks[] = [substr_count($text, "\n", 0, $block[0][1]) + 1, $block[1][0]];
        }
        return $blocks;
    }
}
