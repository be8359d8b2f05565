<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

/** A master process of FPM that runs. */
final class FpmMaster
{
    /**
     * @param ?string $mapped  the ffi_zts.so that it has loaded, as the system names it; null: none
     * @param bool    $stale   the file under that name is not the one that it has loaded
     * @param ?string $service the systemd service that it belongs to
     */
    public function __construct(
        public readonly int $pid,
        public readonly ?string $mapped,
        public readonly bool $stale,
        public readonly ?string $service,
    ) {
    }

    /** The command that has it take what is installed and configured now. */
    public function restart(): string
    {
        return $this->service === null ? "kill -USR2 $this->pid" : "systemctl restart $this->service";
    }
}
