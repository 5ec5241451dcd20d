# A guest for the lab's nested QEMU, 512 bytes to be put on the first sector of its disk: it counts in the second one,
# in figures that `dd` shows, some nine times in a second and each time once the disk has taken the last one.
#
#   count 00000042 start 00000003
#
# `start` counts how often it was started on this disk. So whether a guest goes on or was started anew can be read off.
        .code16
        .globl  _start
        .set    text, 0x7e00            # the second sector, behind this one
        .set    ticks, 0x046c           # the BIOS counts 18 of them in a second
_start: ljmp    $0, $begin
begin:  xor     %ax, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        mov     $_start, %sp
        sti
        cld
        mov     %dl, drive
        mov     $0x42, %ah              # what an earlier start left
        call    disk
        jc      new
        cmpl    $0x6e756f63, text       # "coun"
        je      known
new:    mov     $text, %di
        xor     %ax, %ax
        mov     $256, %cx
        rep stosw
        mov     $blank, %si
        mov     $text, %di
        mov     $(end_of_blank - blank), %cx
        rep movsb
known:  mov     $(text + 28), %si
        call    add_one
again:  mov     $(text + 13), %si
        call    add_one
        mov     $0x43, %ah
        call    disk
        mov     ticks, %bx
        add     $2, %bx
rest:   hlt
        cmp     %bx, ticks
        js      rest
        jmp     again

# Reads or writes the second sector, as %ah says; carry is set where that failed.
disk:   xor     %al, %al
        mov     drive, %dl
        mov     $packet, %si
        int     $0x13
        ret

# To the number in figures whose last one is at %si.
add_one:
        incb    (%si)
        cmpb    $'9', (%si)
        jbe     added
        movb    $'0', (%si)
        dec     %si
        jmp     add_one
added:  ret

packet: .byte   16, 0                   # of the BIOS's extended reads and writes
        .word   1
        .word   text, 0
        .quad   1
blank:  .ascii  "count 00000000 start 00000000\n"
end_of_blank:
drive:  .byte   0
        .org    510
        .word   0xaa55
