<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Bundle\InstallError;
use FfiZts\Bundle\Installer;
use FfiZts\Bundle\InstallRequest;
use FfiZts\Bundle\Place;
use FfiZts\Bundle\PlainReporter;
use FfiZts\Bundle\Status;

/** `ffi-zts install`: brings the extension and its runtime, as a bundle that is verified and tried, or by building them. */
final class InstallCommand implements Command
{
    /** @param string $package directory of the package */
    public function __construct(private readonly string $package)
    {
    }

    public static function definition(): Definition
    {
        return new Definition(
            'install',
            'Brings the extension and its runtime, verified and tried',
            <<<'TEXT'
                Installs the bundle for this PHP into vendor/ffi-zts/.bundles: what the package pins by its hash, or what
                --from names. It is tried in a process of its own before it takes the place of an earlier one. What is there
                and whole is left alone. Nothing is compiled unless --build says so.

                    vendor/bin/ffi-zts install
                    vendor/bin/ffi-zts install --from /mnt/bundles --target 8.4
                TEXT,
            [],
            [
                new Option('from', 'A bundle, or a directory or a URL of bundles, in place of what the package pins', 'WHERE'),
                new Option('target', 'For another PHP, by its minor or the id of a bundle; may be repeated', 'TARGET', repeated: true),
                new Option('dir', 'Another directory than the one beside the package', 'DIR'),
                new Option('runtime-only', 'The runtime alone, for an extension that is there (PIE)'),
                new Option('build', 'Build both with make, in the package'),
            ],
        );
    }

    public function run(Input $input, Output $output): int
    {
        $reporter = PlainReporter::standard($output->isVerbose());
        try {
            $place = Place::find($this->package, $GLOBALS['_composer_autoload_path'] ?? null);
            $request = InstallRequest::fromArguments(self::arguments($input), $place);
            return Installer::standard($request, $reporter)->run()->value;
        } catch (InstallError $error) {
            if ($error->status === Status::Usage) {
                throw new UsageError($error->text());
            }
            $reporter->warning($error->text());
            return $error->status->value;
        }
    }

    /** @return list<string> */
    private static function arguments(Input $input): array
    {
        $arguments = [];
        foreach (['from', 'dir'] as $name) {
            $value = $input->value($name);
            $arguments = $value === null ? $arguments : [...$arguments, "--$name=$value"];
        }
        foreach ($input->values('target') as $value) {
            $arguments[] = "--target=$value";
        }
        foreach (['runtime-only', 'build'] as $name) {
            $arguments = $input->has($name) ? [...$arguments, "--$name"] : $arguments;
        }
        return $arguments;
    }
}
