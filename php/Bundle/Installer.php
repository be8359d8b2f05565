<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/**
 * Brings bundles: for the command, and for the Composer plugin.
 *
 * Whatever ends it, what was installed before stays in use until the one rename that switches the link.
 */
final class Installer
{
    /** @param float $patience seconds to wait for another install */
    public function __construct(
        private readonly InstallRequest $request,
        private readonly Host $host,
        private readonly Reporter $reporter,
        private readonly ?Fetch $web,
        private readonly float $patience = Lock::PATIENCE,
    ) {
    }

    /** With what this PHP has to fetch by. */
    public static function standard(InstallRequest $request, Reporter $reporter): self
    {
        $web = match (true) {
            $request->networkIsDisabled() => null,
            function_exists('curl_init') => new CurlFetch($request->credentials()),
            default => new StreamFetch($request->credentials(), $request->environment),
        };
        return new self($request, Host::detect(), $reporter, $web);
    }

    /** Tells the reporter what it does and what went wrong; the status of the first target that failed. */
    public function run(): Status
    {
        try {
            return $this->targets();
        } catch (InstallError $error) {
            $this->reporter->warning($error->text());
            return $error->status;
        } catch (\Throwable $error) {
            $what = get_class($error) . ": {$error->getMessage()} in {$error->getFile()}:{$error->getLine()}";
            $this->reporter->warning("the installer itself failed: $what\n  -> what was installed before stays as it is; report this");
            $this->reporter->detail($error->getTraceAsString());
            return Status::Internal;
        }
    }

    private function targets(): Status
    {
        $skipped = $this->request->skipped();
        if ($skipped !== null) {
            $this->reporter->line("ffi-zts: $skipped");
            return Status::Done;
        }
        if ($this->request->build) {
            $this->build();
            return Status::Done;
        }
        $status = Status::Done;
        foreach ($this->request->targets($this->host) as $target) {
            try {
                $this->install($target);
            } catch (InstallError $error) {
                $this->reporter->warning($error->text());
                $status = $status === Status::Done ? $error->status : $status;
            }
        }
        return $status;
    }

    private function install(Target $target): void
    {
        $own = $this->request->targets === [] && $target->id() === $this->host->target()->id();
        if ($own) {
            $this->host->check();
        }
        $package = $this->request->place->package;
        $manifest = Manifest::ofPackage($package);
        $source = new Source($this->request, $manifest, PublicKey::ofPackage($package), new Download($this->web, $this->reporter), $this->reporter);
        $store = $this->store();
        $short = $source->short($target);
        if ($this->isThere($store, $target, $short)) {
            $this->sweep($store);
            return;
        }
        $this->prepare($store->directory);
        $lock = Lock::acquire($store->directory, $this->reporter, $this->patience);
        try {
            $store->sweep();
            $this->reporter->step(Step::Locked);
            // Another install may have brought it meanwhile.
            if (!$this->isThere($store, $target, $short)) {
                $this->bring($store, $source, $target);
            }
        } finally {
            $store->sweep();
            $lock->release();
        }
    }

    private function isThere(Store $store, Target $target, ?string $short): bool
    {
        if ($short === null || !$store->holds($target->id(), $short)) {
            return false;
        }
        $this->reporter->unchanged("{$target->id()} is there and unchanged: {$store->path($target->id())}");
        return true;
    }

    /** Removes what an install has left that was ended behind the switch; one that is at work is not disturbed. */
    private function sweep(Store $store): void
    {
        if (!$store->hasLeftovers() || !is_writable($store->directory)) {
            return;
        }
        $lock = Lock::attempt($store->directory);
        if ($lock !== null) {
            $store->sweep();
            $lock->release();
        }
    }

    private function bring(Store $store, Source $source, Target $target): void
    {
        $fetched = $store->temporary();
        $archive = $source->archive($target, $fetched, $store->current($target->id()));
        $bundle = $archive->description;
        $this->reporter->step(Step::Fetched);
        $runs = $bundle->target->runsOn($this->host);
        if ($runs) {
            $this->checkSystem($bundle);
        }
        $this->reporter->step(Step::Checked);

        $unpacked = $store->temporary();
        $archive->unpack($unpacked);
        $this->reporter->step(Step::Unpacked);
        $store->verify($unpacked, $bundle);
        $this->reporter->step(Step::Verified);
        if ($runs) {
            $this->try($unpacked, $bundle);
        }
        $this->reporter->step(Step::Tried);
        $store->sync($unpacked, $bundle);
        $this->reporter->step(Step::Synced);

        $before = $store->target($bundle->id);
        $store->place($unpacked, $bundle->id, $archive->short());
        $this->reporter->step(Step::Placed);
        $store->switch($bundle->id, $archive->short());
        $this->reporter->step(Step::Switched);
        $store->prune($bundle->id, ["{$bundle->id}@{$archive->short()}", $before]);
        $this->reporter->step(Step::Cleaned);
        $this->tell($store, $bundle, $runs);
    }

    private function checkSystem(Description $bundle): void
    {
        $this->host->check();
        $this->host->checkGlibc($bundle->glibc);
        $libraries = Libraries::ofSystem($this->host->arch, $this->request->environment['LD_LIBRARY_PATH'] ?? null);
        $needed = [];
        foreach ($bundle->sonames as $soname => $facts) {
            if ($libraries->has($soname)) {
                continue;
            }
            $extensions = array_filter($facts['needed_by'], static fn (string $file): bool => str_starts_with($file, 'runtime/ext/'));
            if ($extensions !== $facts['needed_by'] || $extensions === []) {
                $needed[] = $soname;
                continue;
            }
            $names = array_map(static fn (string $file): string => basename($file, '.so'), $extensions);
            // What the host has not loaded its threads do not ask for.
            $names = array_intersect($names, $this->host->extensions);
            if ($names !== []) {
                $package = $facts['packages'][0] ?? $soname;
                $this->reporter->warning("this system lacks $soname: threads do without " . implode(', ', $names) . "\n  -> apt-get install $package");
            }
        }
        if ($needed !== []) {
            throw Trial::missing($needed, $bundle);
        }
    }

    private function try(string $unpacked, Description $bundle): void
    {
        $trial = new Trial($this->host->binary);
        if (!$this->request->runtimeOnly) {
            $trial->run("$unpacked/ffi_zts.so", null, $bundle);
            return;
        }
        $extension = $this->extensionDirectory() . '/ffi_zts.so';
        if (hash_file('sha256', $extension) !== $bundle->files['ffi_zts.so']->sha256) {
            throw InstallError::verification(
                "$extension is not the ffi_zts.so of version {$bundle->version}, which the runtime belongs to",
                "install version {$bundle->version} of both: with PIE, pie install ffi-zts/ext:{$bundle->version}",
            );
        }
        $trial->run($extension, "$unpacked/runtime", $bundle);
    }

    private function store(): Store
    {
        if ($this->request->runtimeOnly) {
            return new Store($this->extensionDirectory() . '/ffi_zts', 'runtime', '/runtime');
        }
        return new Store($this->request->dir ?? $this->request->place->bundles());
    }

    /** Where the ffi_zts.so is that a runtime alone is for. */
    private function extensionDirectory(): string
    {
        $named = $this->request->environment['FFI_ZTS_EXTENSION'] ?? '';
        $directory = $this->request->dir ?? ($named === '' ? (string) ini_get('extension_dir') : dirname($named));
        if (!is_file("$directory/ffi_zts.so")) {
            throw new InstallError(
                Status::Usage,
                "there is no ffi_zts.so in $directory, which a runtime alone is for",
                'name its directory with --dir, or leave --runtime-only out',
            );
        }
        return $directory;
    }

    private function prepare(string $directory): void
    {
        $remedy = 'run it as whoever may write there' . ($this->request->runtimeOnly ? ', as root' : ', or choose another place: --dir');
        try {
            Disk::makeDirectory($directory);
        } catch (InstallError $error) {
            throw InstallError::cannotWrite($error->getMessage(), $remedy);
        }
        if (!is_writable($directory)) {
            throw InstallError::cannotWrite("$directory is not writable", $remedy);
        }
    }

    /** Source code becomes native code only where the user asks for it. */
    private function build(): void
    {
        $package = $this->request->place->package;
        if (!is_file("$package/Makefile")) {
            throw new InstallError(Status::Internal, "there is no Makefile in $package");
        }
        $this->reporter->line("Building the extension and the runtime: make -C $package");
        $process = @proc_open(['make', '-C', $package], [], $pipes);
        if ($process === false) {
            throw new InstallError(Status::Internal, 'cannot start make: ' . Disk::lastError(), 'apt-get install make');
        }
        $status = proc_close($process);
        if ($status !== 0) {
            throw new InstallError(
                Status::Internal,
                "make failed with status $status",
                "its last lines name the reason; $package/scripts/install-deps.sh installs what it needs",
            );
        }
        $this->reporter->line('Built. Next: ffi-zts php script.php runs a script with it, ffi-zts enable loads it always.');
    }

    private function tell(Store $store, Description $bundle, bool $tried): void
    {
        $path = $store->path($bundle->id);
        $this->reporter->line("ffi_zts {$bundle->version} (PHP {$bundle->target->guestMinor}) is installed: $path");
        if ($this->request->runtimeOnly) {
            return;
        }
        if (!$tried) {
            $this->reporter->line("It is for {$bundle->id}: its files are verified, it was not tried here.");
            return;
        }
        $command = $this->request->place->vendor === null ? 'ffi-zts' : 'vendor/bin/ffi-zts';
        $this->reporter->line("Next: $command php script.php runs a script with it, $command enable loads it always.");
    }
}
