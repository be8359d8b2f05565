<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/**
 * The code of docs/*.md and README.md: each block of PHP is run by a host, and prints what the block of text after it says.
 *
 * `<!-- not run: REASON -->` in the line before a block says why it is only parsed. A block that begins with `<?php // NAME` is a
 * file for those after it. `php peer` is code of another library, and only parsed; `php revolt` and `php react` run in the
 * stand-ins of loops/stand-in, or with the libraries that FFI_ZTS_LOOPS loads. The rest of the files is in cookbook/.
 */
final class CookbookTest extends TestCase
{
    use TemporaryDirectory;

    protected function setUp(): void
    {
        if (!is_file(Process::extension())) {
            self::markTestSkipped(Process::extension() . ' has not been built');
        }
    }

    /**
     * @dataProvider blocks
     *
     * @param array<string, string> $files
     */
    public function testBlock(string $kind, string $code, ?string $output, array $files): void
    {
        $directory = $this->directory();
        $this->copy(__DIR__ . '/cookbook', $directory);
        foreach ($files + ['block.php' => "<?php\n$code"] as $name => $content) {
            file_put_contents("$directory/$name", $content);
        }
        if ($kind === 'peer') {
            $run = Process::run([PHP_BINARY, '-n', '-l', "$directory/block.php"]);
            self::assertSame(0, $run->status, $run->output);
            return;
        }
        $prepend = '';
        if ($kind !== '') {
            $prepend = "$directory/prepend.php";
            $loop = var_export(is_file((string) getenv('FFI_ZTS_LOOPS')) ? getenv('FFI_ZTS_LOOPS') : __DIR__ . "/loops/stand-in/$kind.php", true);
            file_put_contents($prepend, "<?php require $loop; require " . var_export(Process::root() . '/php/autoload.php', true) . ';');
        }
        $guest = ['-d', 'extension=' . Process::extension(), '-d', 'ffi_zts.extensions=host,pdo_sqlite,sqlite3'];
        $settings = [...$guest, '-d', "auto_prepend_file=$prepend", '-d', 'zend.assertions=1'];
        $run = Process::run([PHP_BINARY, '-n', ...$settings, "$directory/block.php"], '', ['TMPDIR' => $directory], $directory);
        self::assertSame([0, ''], [$run->status, $run->errors], $run->output);
        self::assertDoesNotMatchRegularExpression('/^(?:PHP )?(?:Warning|Notice|Deprecated|Fatal error):/m', $run->output);
        if ($output !== null) {
            self::assertSame($output, $run->output);
        }
    }

    /** @return iterable<string, array{string, string, ?string, array<string, string>}> */
    public static function blocks(): iterable
    {
        $documents = array_map(static fn (string $file): string => 'docs/' . basename($file), glob(Process::root() . '/docs/*.md'));
        foreach ([...$documents, 'README.md'] as $document) {
            $files = [];
            $text = (string) file_get_contents(Process::root() . "/$document");
            $pattern = '/^(<!-- not run: [^\n]+ -->\n)?```php *(\w*)\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?/m';
            preg_match_all("{$pattern}s", $text, $blocks, PREG_SET_ORDER | PREG_OFFSET_CAPTURE);
            foreach ($blocks as $block) {
                $line = substr_count($text, "\n", 0, $block[3][1]) + 1;
                $code = $block[3][0];
                if (preg_match('~^<\?php // (\S+)\n~', $code, $name) === 1) {
                    $files[$name[1]] = $code;
                } else {
                    yield "$document:$line" => [$block[1][1] >= 0 ? 'peer' : $block[2][0], $code, $block[4][0] ?? null, $files];
                }
            }
        }
    }

    private function copy(string $from, string $to): void
    {
        foreach (array_diff(scandir($from), ['.', '..']) as $name) {
            if (is_dir("$from/$name")) {
                mkdir("$to/$name");
                $this->copy("$from/$name", "$to/$name");
            } else {
                copy("$from/$name", "$to/$name");
            }
        }
    }
}
