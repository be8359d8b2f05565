<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/** The commands in symfony/console, as a project has them that Composer has made. */
final class ConsoleTest extends TestCase
{
    use TemporaryDirectory;

    private const COMMANDS = ['install', 'enable', 'disable', 'uninstall', 'doctor', 'info', 'env', 'relink', 'build'];

    private static ?string $project = null;

    /** One project for all of these tests: what they do to it is nothing. */
    public static function setUpBeforeClass(): void
    {
        if (!Project::hasConsole() || Process::run(['sh', '-c', 'command -v composer'])->status !== 0) {
            return;
        }
        $root = sys_get_temp_dir() . '/ffi_zts-test-' . bin2hex(random_bytes(6));
        mkdir("$root/console", 0755, true);
        mkdir("$root/package");
        mkdir("$root/project");
        Process::run(['cp', '-a', Process::root() . '/php', Process::root() . '/composer.json', "$root/package"]);
        $version = Process::run(['dpkg-query', '-W', '-f', '${Version}', 'php-symfony-console'])->output;
        file_put_contents("$root/console/composer.json", json_encode([
            'name' => 'symfony/console',
            'version' => preg_match('/^[\d.]+/', $version, $match) === 1 ? $match[0] : '5.4.11',
            'autoload' => ['files' => ['load.php']],
        ]));
        file_put_contents("$root/console/load.php", "<?php require '/usr/share/php/Symfony/Component/Console/autoload.php';\n");
        file_put_contents("$root/project/composer.json", json_encode([
            'repositories' => [
                ['type' => 'path', 'url' => "$root/package", 'options' => ['symlink' => false, 'versions' => ['ffi-zts/ffi-zts' => '0.1.0']]],
                ['type' => 'path', 'url' => "$root/console", 'options' => ['symlink' => false]],
                ['packagist.org' => false],
            ],
        ]));
        $composer = Process::run(
            ['composer', 'require', '--no-plugins', '--no-interaction', 'ffi-zts/ffi-zts:^0.1', 'symfony/console:^5.4.11 || ^6.4 || ^7.1 || ^8.0'],
            '',
            ['COMPOSER_HOME' => "$root/home", 'COMPOSER_ALLOW_SUPERUSER' => '1', 'COMPOSER_DISABLE_NETWORK' => '1'],
            "$root/project",
        );
        self::assertSame(0, $composer->status, $composer->output . $composer->errors);
        self::$project = "$root/project";
    }

    public static function tearDownAfterClass(): void
    {
        if (self::$project !== null) {
            Process::run(['rm', '-rf', '--', dirname(self::$project)]);
            self::$project = null;
        }
    }

    protected function setUp(): void
    {
        if (self::$project === null) {
            self::markTestSkipped('there is no composer here, or no symfony/console (package php-symfony-console)');
        }
    }

    /** @param list<string> $arguments */
    private static function command(array $arguments, string $extension = '/nowhere/ffi_zts.so'): Process
    {
        $environment = ['FFI_ZTS_EXTENSION' => $extension, 'PHP_INI_SCAN_DIR' => '/nonexistent', 'COLUMNS' => '120'];
        // Debian's symfony packages need these, where Composer's has polyfills.
        $needed = array_filter(['mbstring', 'intl', 'ctype'], static fn (string $name): bool => is_file(ini_get('extension_dir') . "/$name.so"));
        $options = array_merge(...array_map(static fn (string $name): array => ['-d', "extension=$name"], $needed));
        return Process::run([PHP_BINARY, ...$options, 'vendor/bin/ffi-zts', ...$arguments], '', $environment, self::$project);
    }

    public function testEachCommandHasOneScreenOfHelp(): void
    {
        foreach ([...self::COMMANDS, 'php', 'run'] as $name) {
            $help = self::command(['help', $name]);
            self::assertSame([0, ''], [$help->status, $help->errors], $name);
            self::assertStringContainsString("Usage:\n  $name", $help->output);
            self::assertStringContainsString('vendor/bin/ffi-zts ' . $name, $help->output);
            self::assertLessThanOrEqual(45, substr_count($help->output, "\n"), $name);
            if (!in_array($name, ['php', 'run'], true)) {
                self::assertSame($help->output, self::command([$name, '--help'])->output);
            }
        }
        $list = self::command(['list', '--raw'])->output;
        foreach ([...self::COMMANDS, 'php', 'run', 'completion'] as $name) {
            self::assertMatchesRegularExpression("/^$name  +\S/m", $list);
        }
    }

    /** @dataProvider wrongCommandLines */
    public function testACommandLineThatMakesNoSense(string $message, string ...$arguments): void
    {
        $wrong = self::command($arguments);
        self::assertSame([64, ''], [$wrong->status, $wrong->output]);
        self::assertSame("ffi-zts: $message (ffi-zts --help lists what there is)\n", $wrong->errors);
    }

    /** @return iterable<array<string>> */
    public static function wrongCommandLines(): iterable
    {
        yield ["unknown command 'nonsense'", 'nonsense'];
        yield ["unknown command 'doc'", 'doc'];
        yield ['the "-x" option does not exist', 'doctor', '-x'];
        yield ['no arguments expected for "doctor" command, got "x"', 'doctor', 'x'];
        yield ['the "--json" option does not accept a value', 'doctor', '--json=1'];
        yield ['the "--sapi" option requires a value', 'enable', '--sapi'];
        yield ['not enough arguments (missing: "name")', 'build'];
        yield ['disable takes --all or --sapi, not both', 'disable', '--all', '--sapi=fpm'];
    }

    public function testTheSameWithAndWithoutConsole(): void
    {
        foreach ([['doctor', '--json'], ['env'], ['enable', '--dry-run'], ['uninstall']] as $arguments) {
            $with = self::command($arguments);
            rename(self::$project . '/vendor/autoload.php', self::$project . '/vendor/moved.php');
            $without = self::command($arguments);
            rename(self::$project . '/vendor/moved.php', self::$project . '/vendor/autoload.php');
            self::assertSame([$with->status, $with->output, $with->errors], [$without->status, $without->output, $without->errors], $arguments[0]);
        }
    }

    public function testColours(): void
    {
        self::assertStringContainsString("\e[31mBAD \e[39m", self::command(['doctor', '--ansi'])->output);
        self::assertStringContainsString("\e[31mBAD \e[39m", self::command(['--ansi', 'doctor'])->output);
        self::assertStringNotContainsString("\e", self::command(['doctor', '--no-ansi'])->output);
        self::assertStringNotContainsString("\e", self::command(['doctor'])->output);
        self::assertSame(['', 1], [self::command(['doctor', '--quiet'])->output, self::command(['doctor', '--quiet'])->status]);
    }

    public function testCompletion(): void
    {
        $script = self::command(['completion', 'bash']);
        self::assertSame([0, ''], [$script->status, $script->errors]);
        self::assertStringContainsString('complete -F _sf_ffi-zts ffi-zts', $script->output);
        preg_match('/"-S([^"]*)"/', $script->output, $version);
        preg_match('/"-a(\d+)"/', $script->output, $api);
        $ask = static fn (string ...$words): array => explode("\n", trim(self::command([
            '_complete', '--no-interaction', '-sbash', '-c' . (count($words) - 1), '-S' . ($version[1] ?? ''),
                ...(isset($api[1]) ? ["-a$api[1]"] : []),
            ...array_map(static fn (string $word): string => "-i$word", array_filter($words, static fn (string $word): bool => $word !== '')),
        ])->output));
        self::assertSame([], array_diff([...self::COMMANDS, 'php', 'run', 'completion'], $ask('ffi-zts', '')));
        self::assertSame([], array_diff(['--sapi', '--system', '--dry-run'], $ask('ffi-zts', 'enable', '--')));
        self::assertSame(['shell', 'cron', 'systemd', 'fpm', 'docker'], $ask('ffi-zts', 'env', '--for', ''));
        self::assertSame(['php', 'pecl', 'debian'], $ask('ffi-zts', 'build', '--from', ''));
    }

    /** What is run is not to find the classes of the application, nor symfony's. */
    public function testRunAndPhpLoadNothingOfTheProjects(): void
    {
        if (!Project::isBuilt()) {
            self::markTestSkipped('the extension or its runtime has not been built');
        }
        $code = 'echo json_encode(preg_grep("/autoload|vendor/", get_included_files())),'
            . ' class_exists("FfiZts\\\\Command\\\\Application", false) ? "ours" : "";';
        foreach (['run', 'php'] as $command) {
            file_put_contents(self::$project . '/script.php', "<?php $code");
            $run = self::command([$command, 'script.php'], Process::extension());
            self::assertSame([0, '[]', ''], [$run->status, $run->output, $run->errors], $command);
        }
    }

    public function testABrokenVendorLeavesThePlainCommands(): void
    {
        $moved = self::$project . '/vendor/symfony.moved';
        rename(self::$project . '/vendor/symfony', $moved);
        file_put_contents(self::$project . '/vendor/autoload.php.plain', "<?php\n");
        rename(self::$project . '/vendor/autoload.php', self::$project . '/vendor/autoload.php.kept');
        rename(self::$project . '/vendor/autoload.php.plain', self::$project . '/vendor/autoload.php');
        try {
            $doctor = self::command(['doctor']);
            self::assertSame([1, ''], [$doctor->status, $doctor->errors]);
            self::assertStringContainsString('BAD   not-installed', $doctor->output);
            self::assertStringContainsString('Usage: ffi-zts doctor', self::command(['doctor', '--help'])->output);

            // As Composer's platform_check.php does where another PHP runs it.
            file_put_contents(self::$project . '/vendor/autoload.php',
                "<?php trigger_error('Composer detected issues in your platform: PHP >= 9.9', E_USER_ERROR);\n");
            $doctor = self::command(['doctor']);
            self::assertSame([1, ''], [$doctor->status, $doctor->errors]);
            self::assertStringContainsString('BAD   composer-autoload', $doctor->output);
            self::assertStringContainsString('Composer detected issues in your platform: PHP >= 9.9', $doctor->output);
            self::assertSame(255, self::command(['env'])->status);
        } finally {
            rename(self::$project . '/vendor/autoload.php.kept', self::$project . '/vendor/autoload.php');
            rename($moved, self::$project . '/vendor/symfony');
        }
    }
}
