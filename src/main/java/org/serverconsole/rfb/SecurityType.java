package org.serverconsole.rfb;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Security types of RFB by their numbers (RFC 6143, 8.1.2, and IANA's registry of RFB security types). */
final class SecurityType {

    static final int NONE = 1;
    static final int VNC_AUTH = 2;

    /** How many names a message lists at most; a server may offer 255 types. */
    private static final int MOST_NAMED = 8;

    private SecurityType() { }

    static String name(long type) {
        if (type >= 30 && type <= 36) {
            return "Apple (" + type + ")";
        }
        return switch ((int) Math.min(type, Integer.MAX_VALUE)) {
            case NONE -> "None";
            case VNC_AUTH -> "VNC Authentication";
            case 5, 6, 13, 129, 130, 133 -> "RSA-AES (" + type + ")";
            case 16 -> "Tight";
            case 17 -> "Ultra";
            case 18 -> "TLS";
            case 19 -> "VeNCrypt";
            case 20 -> "SASL";
            case 22 -> "XVP";
            case 113 -> "MS-Logon II";
            default -> "type " + type;
        };
    }

    /** The names of the types in a list of one byte each, in their order. */
    static String names(ByteBuf types) {
        List<String> names = new ArrayList<>();
        for (int i = types.readerIndex(); i < types.writerIndex() && names.size() < MOST_NAMED; i++) {
            names.add(name(types.getUnsignedByte(i)));
        }
        int more = types.readableBytes() - names.size();
        return String.join(", ", names) + (more > 0 ? " and " + more + " more" : "");
    }
}
