<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/** `composer require` of this package from a path repository, without a network. */
final class ComposerTest extends TestCase
{
    use TemporaryDirectory;

    protected function setUp(): void
    {
        if (Process::run(['sh', '-c', 'command -v composer'])->status !== 0) {
            self::markTestSkipped('there is no composer here');
        }
    }

    /** @dataProvider manners */
    public function testThePackageWorksInAProject(bool $mirror): void
    {
        $project = $this->require($mirror);
        self::assertSame($mirror, !is_link("$project/vendor/ffi-zts/ffi-zts"));

        $help = Process::run([PHP_BINARY, '-n', "$project/vendor/bin/ffi-zts", '--help']);
        self::assertSame([0, ''], [$help->status, $help->errors]);
        self::assertStringStartsWith('Usage: ffi-zts ', $help->output);

        $direct = Process::run(["$project/vendor/bin/ffi-zts", 'nonsense']);
        self::assertSame([64, ''], [$direct->status, $direct->output]);

        $this->bootsOrSaysWhatIsMissing($project);
    }

    /** @return iterable<string, array{bool}> */
    public static function manners(): iterable
    {
        yield 'linked' => [false];
        yield 'copied' => [true];
    }

    public function testTheExtensionsClassIsUsedWhereItIsLoaded(): void
    {
        if (!is_file(Process::extension())) {
            self::markTestSkipped(Process::extension() . ' has not been built');
        }
        $project = $this->require(false);
        file_put_contents("$project/script.php", '<?php echo "in the guest: ", PHP_ZTS;');
        $code = 'require "vendor/autoload.php"; FfiZts::boot()->runScript("script.php");';
        $run = Process::run([PHP_BINARY, '-n', '-d', 'extension=' . Process::extension(), '-r', $code], directory: $project);
        self::assertSame([0, 'in the guest: 1', ''], [$run->status, $run->output, $run->errors]);

        $command = Process::run([PHP_BINARY, '-n', "$project/vendor/bin/ffi-zts", 'run', 'script.php'], directory: $project);
        self::assertSame([0, 'in the guest: 1', ''], [$command->status, $command->output, $command->errors]);
    }

    /** A project with the package in it; its directory. */
    private function require(bool $mirror): string
    {
        $project = $this->directory() . '/project';
        mkdir($project);
        $package = Process::root();
        if ($mirror) {
            // Not the whole checkout: it holds the compiler's output.
            $package = $this->directory() . '/package';
            mkdir($package);
            Process::run(['cp', '-a', Process::root() . '/php', Process::root() . '/composer.json', $package]);
        }
        $console = $this->directory() . '/console';
        if (Process::run([PHP_BINARY, '-n', Process::root() . '/tests/composer/console.php', $console])->status !== 0) {
            self::markTestSkipped('there is no symfony/console here; on Debian: apt-get install php-symfony-console');
        }
        file_put_contents("$project/composer.json", json_encode([
            'name' => 'test/project',
            'repositories' => [
                ['type' => 'path', 'url' => $package, 'options' => ['symlink' => !$mirror, 'versions' => ['ffi-zts/ffi-zts' => '0.1.0']]],
                ['type' => 'path', 'url' => $console],
                ['packagist.org' => false],
            ],
        ], JSON_THROW_ON_ERROR));
        $composer = Process::run(
            ['composer', 'require', '--no-plugins', '--no-interaction', 'ffi-zts/ffi-zts:^0.1'],
            '',
            ['COMPOSER_HOME' => $this->directory() . '/home', 'COMPOSER_ALLOW_SUPERUSER' => '1', 'COMPOSER_DISABLE_NETWORK' => '1'],
            $project,
        );
        self::assertSame(0, $composer->status, $composer->output . $composer->errors);
        return $project;
    }

    private function bootsOrSaysWhatIsMissing(string $project): void
    {
        $code = 'require "vendor/autoload.php";
            try {
                FfiZts::boot();
            } catch (FfiZts\Exception $error) {
                echo get_class($error), " ", $error instanceof Error ? "is" : "is not", " an Error\n", $error->getMessage();
            }';
        $extension = $this->directory() . '/ffi_zts.so';
        touch($extension);
        $run = Process::run([PHP_BINARY, '-n', '-r', $code], '', ['FFI_ZTS_EXTENSION' => $extension], $project);
        self::assertSame([0, ''], [$run->status, $run->errors]);
        self::assertStringStartsWith("FfiZts\\NotLoadedError is an Error\n", $run->output);
        self::assertStringContainsString("\n    extension=$extension\n", $run->output);
        self::assertStringContainsString('No php.ini is in use', $run->output);
    }
}
