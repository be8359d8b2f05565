<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Doctor\Checks;
use PHPUnit\Framework\TestCase;

/**
 * The code of docs/cli.md: each block of `sh` is run in a project of its own, and prints what the block of `text` after it says.
 *
 * `sh exits N` ends with that status, `sh root` is run as root only. No ini file loads the extension, and the bundle is unpacked.
 */
final class CliDocTest extends TestCase
{
    use TemporaryDirectory;

    private const DOCUMENT = 'docs/cli.md';

    /** @dataProvider blocks */
    public function testBlock(string $info, string $code, ?string $output): void
    {
        if (!Project::isBuilt() || !Project::hasConsole()) {
            self::markTestSkipped('the extension or its runtime has not been built, or there is no php-symfony-console');
        }
        if (str_contains($info, 'root') && posix_geteuid() !== 0) {
            self::markTestSkipped('this needs root');
        }
        $console = str_contains($code, 'completion');
        $project = new Project($this->directory() . '/project', $console);
        $project->unpack();
        $tree = IniTree::plain($this->directory() . '/root');
        $this->prepare($project->directory, $tree->scan, $console);
        if (str_contains($code, 'bundles')) {
            mkdir($bundles = "$project->directory/bundles");
            $build = Process::root() . '/build';
            $made = Process::run([PHP_BINARY, '-d', 'memory_limit=-1', __DIR__ . '/Bundle/make-bundle.php', $build, $bundles]);
            self::assertSame(0, $made->status, $made->errors);
        }
        $environment = [
            'FFI_ZTS_EXTENSION' => null,
            'COMPOSER_CACHE_DIR' => $this->directory() . '/cache',
            'PATH' => "$project->directory/bin:vendor/bin:" . getenv('PATH'),
        ] + $tree->environment;
        $run = Process::run(['bash', '-euc', $code], '', $environment, $project->directory);
        $status = preg_match('/exits (\d+)/', $info, $match) === 1 ? (int) $match[1] : 0;
        self::assertSame($status, $run->status, $run->output . $run->errors);
        if ($status < 64) {
            self::assertSame('', $run->errors);
        }
        if ($output !== null) {
            self::assertSame($output, preg_replace('/ +$/m', '', $run->output));
        }
    }

    /** What the blocks need. */
    private function prepare(string $directory, string $scan, bool $console): void
    {
        mkdir("$directory/bin");
        mkdir("$directory/relinked");
        mkdir($this->directory() . '/extensions', 0755);
        file_put_contents("$directory/bin/sudo", "#!/bin/sh\nexec \"\$@\"\n");
        chmod("$directory/bin/sudo", 0755);
        file_put_contents("$directory/script.php", '<?php echo "threads: ", extension_loaded("ffi_zts") ? "yes" : "no", ", arguments: ", '
            . 'implode(" ", array_slice($argv, 1)), "\n";');
        // symfony/console of Debian's has no polyfills, and what is written by --system goes into a directory of this test's.
        $lines = "extension_dir={$this->directory()}/extensions\n";
        foreach ($console ? ['mbstring', 'intl', 'ctype'] : [] as $name) {
            $file = ini_get('extension_dir') . "/$name.so";
            $lines .= is_file($file) ? "extension=$file\n" : '';
        }
        file_put_contents("$scan/10-test.ini", $lines);
        // As its build has left it; the runtime's is relinked.
        $config = Process::root() . '/build/runtime/bin/php-config';
        $bare = is_executable($config) ? trim(Process::run([$config, '--extension-dir'])->output) . '/opcache.so' : '';
        is_file($bare) && copy($bare, "$directory/apcu.so");
    }

    /** @return iterable<string, array{string, string, ?string}> */
    public static function blocks(): iterable
    {
        $text = (string) file_get_contents(Process::root() . '/' . self::DOCUMENT);
        preg_match_all('/^```sh *([\w ]*)\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?/ms', $text, $blocks, PREG_SET_ORDER | PREG_OFFSET_CAPTURE);
        foreach ($blocks as $block) {
            $line = substr_count($text, "\n", 0, $block[0][1]) + 2;
            yield self::DOCUMENT . ":$line" => [$block[1][0], $block[2][0], $block[3][0] ?? null];
        }
    }

    public function testEveryCommandAndEveryProblemIsThere(): void
    {
        $text = (string) file_get_contents(Process::root() . '/' . self::DOCUMENT);
        $help = Process::run([PHP_BINARY, '-n', Process::root() . '/php/bin/ffi-zts', '--help'])->output;
        preg_match_all('/^  (\w+)  /m', $help, $commands);
        self::assertCount(12, $commands[1]);
        foreach (array_diff($commands[1], ['completion']) as $name) {
            self::assertStringContainsString("\n## `ffi-zts $name`\n", $text);
        }
        preg_match_all('/^  --(\S+)=/m', $help, $options);
        foreach ($options[1] as $name) {
            self::assertStringContainsString("`--$name=", $text);
        }
        foreach (array_keys(Checks::all()) as $id) {
            self::assertStringContainsString("`$id`", $text);
        }
    }
}
