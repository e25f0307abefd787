; A server to look at: one boot sector that prints a line and echoes what is typed. nasm -f bin
        bits 16
        org 0x7c00

start:  xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        cld
        mov ax, 0x0003              ; text, 80 x 25, cleared
        int 0x10
        mov bl, 0x1f                ; white on blue
        mov si, banner
        call coloured
        mov bl, 0x2f                ; white on green: a picture that is not all black
        mov si, bar
        call coloured
prompt: mov si, arrow
        call plain
key:    xor ah, ah
        int 0x16                    ; sleeps until a key
        test al, al
        jz key                      ; function keys have no character
        cmp al, 13
        je enter
        mov ah, 0x0e
        mov bx, 0x0007
        int 0x10
        cmp al, 8
        jne key
        mov ax, 0x0e20              ; backspace moves only: blank what it went over
        int 0x10
        mov ax, 0x0e08
        int 0x10
        jmp key
enter:  mov si, newline
        call plain
        jmp prompt

coloured:                           ; a line at DS:SI in attribute BL
        lodsb
        test al, al
        jz .end
        push ax
        mov ah, 0x09                ; colours the cell, then 0x0e below moves on
        mov bh, 0
        mov cx, 1
        int 0x10
        pop ax
        mov ah, 0x0e
        int 0x10
        jmp coloured
.end:   mov si, newline
plain:  lodsb
        test al, al
        jz .end
        mov ah, 0x0e
        mov bx, 0x0007
        int 0x10
        jmp plain
.end:   ret

banner:  db " server 14494 - type and see it here ", 0
bar:     times 37 db " "
         db 0
arrow:   db "> ", 0
newline: db 13, 10, 0

        times 510 - ($ - $$) db 0
        dw 0xaa55
