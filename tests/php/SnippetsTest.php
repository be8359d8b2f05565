<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/**
 * The shell commands of docs/*.md: each block is run by bash, and prints what the block of text after it says. Those of cli.md and
 * releasing.md have tests of their own.
 *
 * `<!-- not run: REASON -->` in the line before a block says why it is only parsed. Blocks run in a directory with a script.php that
 * prints its arguments, and with the command as `ffi-zts` and as `vendor/bin/ffi-zts`, which finds the built extension. The commands
 * and options of ffi-zts are those that there are, in blocks of every kind.
 */
final class SnippetsTest extends TestCase
{
    use TemporaryDirectory;

    /** @dataProvider blocks */
    public function testBlock(bool $run, string $code, ?string $output): void
    {
        if (!$run) {
            $parsed = Process::run(['bash', '-n'], $code);
            self::assertSame([0, ''], [$parsed->status, $parsed->errors]);
            return;
        }
        if (!is_file(Process::extension())) {
            self::markTestSkipped(Process::extension() . ' has not been built');
        }
        $directory = $this->directory();
        mkdir("$directory/vendor/bin", recursive: true);
        $command = escapeshellarg(PHP_BINARY) . ' -n ' . escapeshellarg(Process::root() . '/php/bin/ffi-zts');
        file_put_contents("$directory/vendor/bin/ffi-zts", "#!/bin/sh\nexec $command \"\$@\"\n");
        chmod("$directory/vendor/bin/ffi-zts", 0755);
        file_put_contents("$directory/script.php", "<?php echo implode(' ', array_slice(\$argv, 1)), PHP_EOL;\n");
        $environment = [
            'PATH' => "$directory/vendor/bin:" . getenv('PATH'),
            'FFI_ZTS_EXTENSION' => Process::extension(),
            'TMPDIR' => $directory,
        ];
        $shell = Process::run(['bash', '-euo', 'pipefail'], $code, $environment, $directory);
        self::assertSame([0, ''], [$shell->status, $shell->errors], $shell->output);
        if ($output !== null) {
            self::assertSame($output, $shell->output);
        }
    }

    /** @dataProvider commands */
    public function testTheCommandHasWhatItIsGiven(string $command, string $options): void
    {
        if (!is_file(Process::root() . '/php/Command/Definition.php')) {
            self::markTestSkipped('the commands do not describe themselves here');
        }
        $help = Process::run([PHP_BINARY, '-n', Process::root() . '/php/bin/ffi-zts', $command, '--help'], '', ['FFI_ZTS_EXTENSION' => '/nowhere']);
        if (str_contains($help->errors, 'symfony/console is not here')) {
            self::markTestSkipped("ffi-zts $command needs symfony/console");
        }
        self::assertSame([0, ''], [$help->status, $help->errors]);
        preg_match_all('~(?:^|\s)--([a-z][a-z-]*)~', $options, $given);
        foreach ($given[1] as $option) {
            self::assertMatchesRegularExpression("~--$option\\b~", $help->output, "ffi-zts $command");
        }
    }

    /** @return iterable<string, array{bool, string, ?string}> */
    public static function blocks(): iterable
    {
        foreach (self::documents() as $document => $text) {
            if (in_array($document, ['docs/cli.md', 'docs/releasing.md'], true)) {
                continue;
            }
            $pattern = '~^(<!-- not run: [^\n]+ -->\n)?```sh\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?~ms';
            preg_match_all($pattern, $text, $blocks, PREG_SET_ORDER | PREG_OFFSET_CAPTURE);
            foreach ($blocks as $block) {
                $line = substr_count($text, "\n", 0, $block[2][1]) + 1;
                yield "$document:$line" => [$block[1][1] < 0, $block[2][0], $block[3][0] ?? null];
            }
        }
    }

    /** @return iterable<string, array{string, string}> */
    public static function commands(): iterable
    {
        $told = [];
        foreach (self::documents() as $document => $text) {
            preg_match_all('~^```(?:sh|dockerfile|yaml)\n.*?^```$|`(?:vendor/bin/)?ffi-zts [^`\n]*`~ms', $text, $code);
            foreach ($code[0] as $block) {
                // `run` and `php` take php's options, which end the line for us.
                preg_match_all('~(?<!ffi-zts/)\bffi-zts ((?!run\b|php\b)[a-z]+)([^\n&|;#`)]*)~', $block, $calls, PREG_SET_ORDER);
                foreach ($calls as [, $command, $options]) {
                    $told["$document: ffi-zts $command$options"] = [$command, explode(' -- ', $options)[0]];
                }
            }
        }
        return $told;
    }

    /** @return iterable<string, string> */
    private static function documents(): iterable
    {
        foreach (glob(Process::root() . '/docs/*.md') as $file) {
            yield 'docs/' . basename($file) => (string) file_get_contents($file);
        }
    }
}
