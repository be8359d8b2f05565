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

    public function run(array $arguments): int
    {
        $reporter = PlainReporter::standard(in_array('-v', $arguments, true));
        try {
            $place = Place::find($this->package, $GLOBALS['_composer_autoload_path'] ?? null);
            $request = InstallRequest::fromArguments(array_values(array_diff($arguments, ['-v'])), $place);
            return Installer::standard($request, $reporter)->run()->value;
        } catch (InstallError $error) {
            if ($error->status === Status::Usage) {
                throw new UsageError($error->text());
            }
            $reporter->warning($error->text());
            return $error->status->value;
        }
    }
}
