<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/** docs/api/ is what scripts/docs/generate-api.php makes of the stubs. */
final class ApiReferenceTest extends TestCase
{
    use TemporaryDirectory;

    public function testItIsNotStale(): void
    {
        $fresh = self::pages($this->generate(Process::root()));
        self::assertSame($fresh, self::pages(Process::root() . '/docs/api'), 'docs/api is stale: run `make docs`');
    }

    public function testEveryMethodAndFunctionIsThere(): void
    {
        $stubs = (string) file_get_contents(Process::root() . '/stubs/ffi_zts.php');
        preg_match_all('~function (\w+)\(~', $stubs, $functions);
        $reference = implode('', self::pages(Process::root() . '/docs/api'));
        foreach (array_unique($functions[1]) as $name) {
            self::assertMatchesRegularExpression("~^(?:## (?:FfiZts\\\\)?|- `)$name\\(\\)~m", $reference);
        }
    }

    public function testAChangedStubChangesThePages(): void
    {
        $root = $this->directory() . '/copy';
        mkdir($root);
        self::assertSame(0, Process::run(['cp', '-R', '--parents', 'scripts/docs', 'stubs', $root], directory: Process::root())->status);
        $stubs = (string) file_get_contents("$root/stubs/ffi_zts.php");
        $shout = <<<'CODE'
            /**
             * Shouts a list<string>.
             *
             * @param array{a: int, b: list<string>} $words what is shouted
             *
             * @throws \DomainException when nobody listens
             */
            public function shout(array $words = [], ?float $loudness = null): void
            {
            }

            /** A worker of one's own.
            CODE;
        file_put_contents("$root/stubs/ffi_zts.php", str_replace("/** A worker of one's own.", $shout, $stubs));
        $expected = <<<'PAGE'
            ## shout()

            ```php
            function shout(array $words = [], ?float $loudness = null): void
            ```

            Shouts a list&lt;string>.

            - `$words` (`array{a: int, b: list<string>}`): what is shouted
            - throws `DomainException`: when nobody listens

            PAGE;
        self::assertStringContainsString($expected, self::pages($this->generate($root))['vm.md']);
    }

    public function testAClassThatIsGoneTakesItsPageAlong(): void
    {
        $directory = $this->directory() . '/api';
        mkdir($directory);
        touch("$directory/gone.md");
        $this->generate(Process::root());
        self::assertFileDoesNotExist("$directory/gone.md");
    }

    /** The directory that the generator of a checkout has written to. */
    private function generate(string $root): string
    {
        $directory = $this->directory() . '/api';
        $run = Process::run([PHP_BINARY, '-n', "$root/scripts/docs/generate-api.php", $directory]);
        self::assertSame([0, '', ''], [$run->status, $run->output, $run->errors]);
        return $directory;
    }

    /** @return array<string, string> */
    private static function pages(string $directory): array
    {
        $pages = [];
        foreach (glob("$directory/*.md") as $file) {
            $pages[basename($file)] = (string) file_get_contents($file);
        }
        return $pages;
    }
}
